// The whole way of a power figure into a row, with a program that speaks like nvidia-smi in its place.
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseDecoderCase } from '../../models/decoder-cases.ts';
import type { PowerSource } from '../bench/energy.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { runDecoderCase } from '../session/decoder-case.ts';
import { runKernelCase } from '../session/kernel-case.ts';
import { measurePlanFor } from '../session/measure-plans.ts';
import { createReferences } from '../session/references.ts';
import { nativeLane } from './decoder-lane.ts';
import { type NativeMachine, openNativeMachine } from './machine.ts';
import { findPowerMeter } from './nvidia-smi.ts';

const SCRIPT = `#!/bin/sh
case "$*" in
  *-lms*) : > "$0.runs"; trap 'rm "$0.runs"; exit' TERM; while :; do echo 250.00; sleep 0.05; done ;;
  *) echo '0, Imaginary GPU, [N/A], 249.00' ;;
esac
`;

describe('with a program that speaks like nvidia-smi', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetmark-test-'));
  const path = process.env.PATH;
  let machine: NativeMachine;
  let power: PowerSource;
  beforeAll(async () => {
    writeFileSync(join(folder, 'nvidia-smi'), SCRIPT);
    chmodSync(join(folder, 'nvidia-smi'), 0o755);
    process.env.PATH = `${folder}:${path}`;
    machine = await openNativeMachine();
    power = findPowerMeter('Imaginary GPU: 1.0');
  });
  afterAll(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
    machine.device.destroy();
  });
  const hooks = { signal: new AbortController().signal, phase: () => {} };
  const runs = (): boolean => existsSync(join(folder, 'nvidia-smi.runs'));

  it('a kernel row holds energy an operation and power, and where they come from', async () => {
    expect(runs()).toBe(false);
    const plan = measurePlanFor({ ...DEFAULT_OPTIONS, suite: 'smoke', samples: 3 }, machine.timer);
    const id = 'kernel/stream/read:bytes=4096';
    const row = await runKernelCase({ ...machine, power }, id, 1, plan, hooks);
    expect(row.metrics.map(({ name, unit }) => [name, unit])).toEqual([
      ['time', 'ns'],
      ['energy', 'J'],
      ['power', 'W'],
    ]);
    for (const watts of row.metrics[2]!.samples) expect(watts).toBeCloseTo(250, 6);
    expect(row.facts.energy).toBe('nvidia-smi power.draw');
    await vi.waitFor(() => expect(runs()).toBe(false));
    const without = await runKernelCase({ ...machine, power: 'no meter' }, id, 1, plan, hooks);
    expect(without.facts.energy).toBe('not measured: no meter');
  });

  it.each([1, 2])('a decoder row of %i sequences holds energy a token, power and tokens a joule', async (batch) => {
    const id = `model/wgsl/tiny:prompt=8;new=8;type=f32${batch > 1 ? `;batch=${batch}` : ''}`;

    const request = {
      item: parseDecoderCase(id),
      seed: 1,
      repeats: 1,
      lane: nativeLane(),
      machine: { ...machine, power },
    };
    const row = await runDecoderCase({ ...request, references: createReferences() }, hooks);
    expect([row.state, row.reason]).toEqual(['ok', undefined]);
    const metric = (name: string) => row.metrics.find((item) => item.name === name)!;
    expect(metric('energy')).toMatchObject({ unit: 'J', definition: 'energy/new-token' });
    for (const watts of metric('power').samples) expect(watts).toBeCloseTo(250, 6);
    const [joules, yielded] = [metric('energy').samples[0]!, metric('tokens-per-joule').samples[0]!];
    expect(joules * yielded).toBeCloseTo(1, 9);
    // At 250 W the time of a token tells its energy: whole generations take longer than their gaps alone.
    const gaps = metric('gap').samples;
    const gapNs = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length / batch;
    expect(joules).toBeGreaterThan((0.5 * 250 * gapNs) / 1e9);
    expect(joules).toBeLessThan((20 * 250 * gapNs) / 1e9);
    expect(row.facts.energy).toBe('nvidia-smi power.draw');
    await vi.waitFor(() => expect(runs()).toBe(false));
  });
});
