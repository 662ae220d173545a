import { describe, expect, it } from 'vitest';
import { CONSTANTS, findConstant, findModel, GPUS, MODELS, POINTS, POINTS_FILE } from './catalogue.ts';
import { drawAt, Z } from './draws.ts';
import { FLEET_SETTINGS, type SettingSpec } from './settings.ts';

describe('catalogue', () => {
  it('gives every constant, GPU and model a source and a year', () => {
    for (const entry of [...CONSTANTS, ...GPUS, ...MODELS]) {
      expect(entry.source.length, JSON.stringify(entry)).toBeGreaterThan(15);
      expect(entry.date).toMatch(/^20\d\d(-\d\d){0,2}$/);
    }
    expect(POINTS_FILE.source).toContain('@095f58a');
    expect(POINTS_FILE.license).toBe('Apache-2.0');
  });

  it('names every constant once, with its value inside its range', () => {
    expect(new Set(CONSTANTS.map(({ id }) => id)).size).toBe(CONSTANTS.length);
    for (const { id, lo, value, hi, shape } of CONSTANTS) {
      expect(lo <= value && value <= hi, id).toBe(true);
      expect(lo === hi, id).toBe(shape === 'fixed');
      if (shape === 'logit-normal') expect(lo > 0 && hi < 1, id).toBe(true);
      if (shape === 'log-normal') expect(lo, id).toBeGreaterThan(0);
    }
  });

  it('holds what its entries point at', () => {
    for (const model of MODELS) expect(findConstant(model.transfer).shape).toBe('log-normal');
    for (const spec of Object.values(FLEET_SETTINGS) as SettingSpec[]) {
      if (spec.type === 'prior') expect(findConstant(spec.constant).shape).not.toBe('fixed');
    }
    for (const point of POINTS) {
      expect(GPUS.map((gpu) => gpu.name)).toContain(point.hardware);
      expect(MODELS.map((model) => model.name)).toContain(point.model);
    }
  });

  it('derives throughput from the measured latencies, by the formula in the file, to 1 %', () => {
    for (const p of POINTS) {
      const total = (p.concurrency * p.osl * 1000) / (p.ttftMs + (p.osl - 1) * p.tpotMs);
      expect(Math.abs(total / p.gpus / p.tokensPerGpu - 1), p.id).toBeLessThan(0.01);
    }
  });

  it('lists the known names for an unknown one', () => {
    expect(() => findModel('gpt-5')).toThrow("unknown fleet model 'gpt-5'. Known: llama-3.1-70b");
  });
});

describe('drawAt', () => {
  it('meets the median and both ends of every range', () => {
    for (const constant of CONSTANTS) {
      const z = Z[constant.coverage];
      expect(drawAt(constant, 0)).toBeCloseTo(constant.value, 9);
      expect(drawAt(constant, -z)).toBeCloseTo(constant.lo, 9);
      expect(drawAt(constant, z)).toBeCloseTo(constant.hi, 9);
    }
  });
});
