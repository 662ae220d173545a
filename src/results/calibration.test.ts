import { describe, expect, it } from 'vitest';
import { createRng } from '../core/rng.ts';
import { calibrate, calibrationsJson, deviceKey, noiseFor, readCalibrations } from './calibration.ts';
import { fileOf, singles } from './testdata/compare-helpers.ts';
import { noisyFile, noisySamples } from './testdata/two-level-noise.ts';

describe('calibrate', () => {
  it('finds both levels of simulated noise, pooled over cases', () => {
    const rng = createRng(9);
    const sessions = Array.from({ length: 10 }, () => Array.from({ length: 40 }, () => noisySamples(rng, 1e6)));
    const { metrics, sessions: count } = calibrate(noisyFile(sessions, 'x'));
    expect(count).toBe(10);
    expect(metrics.time).toMatchObject({ estimator: 'wall-slope', degrees: 360 });
    expect(metrics.time!.sigma).toBeCloseTo(0.02, 2);
    // Spikes of 20 % in 3 % of the samples add to the 1 % of the rest.
    expect(metrics.time!.within).toBeGreaterThan(0.02);
    expect(metrics.time!.within).toBeLessThan(0.05);
  });

  it('takes sessions as they are: a hand-computed case', () => {
    const { metrics } = calibrate(fileOf('x', singles(Math.E, 1, Math.E ** -1)));
    expect(metrics).toEqual({ time: { estimator: 'timestamp', sigma: expect.closeTo(1, 12), degrees: 2, within: 0 } });
  });

  it('needs three sessions', () => {
    expect(() => calibrate(fileOf('x', singles(1, 2)))).toThrow('at least 3 sessions');
  });
});

describe('noiseFor', () => {
  const file = fileOf('x', singles(1, 1.1, 0.9));

  it('is the calibration of the same device, browser and timer', () => {
    const calibration = calibrate(file);
    expect(noiseFor(file, 'time', [calibration])).toMatchObject({ source: 'calibrated', degrees: 2 });
    expect(noiseFor(file, 'ttft', [calibration]).source).toBe('assumed');
    const newer = structuredClone(file);
    newer.environment.browser.version = '157.0';
    expect(deviceKey(newer)).not.toBe(deviceKey(file));
    expect(noiseFor(newer, 'time', [calibration])).toEqual({ sigma: 0.03, degrees: Infinity, source: 'assumed' });
  });

  it('is assumed larger on a software adapter', () => {
    const software = structuredClone(file);
    software.environment.adapter.isSoftware = true;
    expect(noiseFor(software, 'time', []).sigma).toBe(0.1);
  });
});

it('calibrations survive being written and read; anything else is refused by name', () => {
  const calibrations = [calibrate(fileOf('x', singles(1, 2, 3)))];
  expect(readCalibrations(JSON.stringify(calibrationsJson(calibrations)), 'c.json')).toEqual(calibrations);
  expect(() => readCalibrations('{"schema":"other"}', 'c.json')).toThrow('c.json: not a calibration file');
});
