// The whole way of a power figure into a row, with a program that speaks like nvidia-smi in its place.
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PowerMeter } from '../bench/energy.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { runKernelCase } from '../session/kernel-case.ts';
import { measurePlanFor } from '../session/measure-plans.ts';
import { openNativeMachine } from './machine.ts';
import { openPowerMeter } from './nvidia-smi.ts';

const SCRIPT = `#!/bin/sh
case "$*" in
  *-lms*) while :; do echo 250.00; sleep 0.05; done ;;
  *) echo '0, Imaginary GPU, [N/A], 249.00' ;;
esac
`;

it('a kernel row holds energy an operation and power, and where they come from', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetmark-test-'));
  writeFileSync(join(folder, 'nvidia-smi'), SCRIPT);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}:${path}`;
  const meter = openPowerMeter('Imaginary GPU: 1.0') as PowerMeter;
  process.env.PATH = path;
  const machine = await openNativeMachine();
  try {
    expect(meter.source).toBe('nvidia-smi power.draw');
    const options = { ...DEFAULT_OPTIONS, suite: 'smoke', samples: 3 };
    const plan = measurePlanFor(options, machine.timer);
    const hooks = { signal: new AbortController().signal, phase: () => {} };
    const row = await runKernelCase({ ...machine, power: meter }, 'kernel/stream/read:bytes=4096', 1, plan, hooks);
    expect(row.metrics.map(({ name, unit }) => [name, unit])).toEqual([
      ['time', 'ns'],
      ['energy', 'J'],
      ['power', 'W'],
    ]);
    for (const watts of row.metrics[2]!.samples) expect(watts).toBeCloseTo(250, 6);
    expect(row.facts.energy).toBe('nvidia-smi power.draw');
    const without = await runKernelCase(
      { ...machine, power: 'no meter' },
      'kernel/stream/read:bytes=4096',
      1,
      plan,
      hooks,
    );
    expect(without.facts.energy).toBe('not measured: no meter');
  } finally {
    meter.close();
    machine.device.destroy();
  }
});
