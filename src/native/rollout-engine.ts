// The fleet's Monte Carlo on this machine's GPU, in Node over Dawn, believed only after its first scenarios were found equal
// to the CPU twin's.
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { RolloutEngine, RolloutOutputs } from '../core/rollout.ts';
import { createGpuRollout } from '../gpu/rollout-engine.ts';
import { openDawn } from './dawn.ts';

/** Scenarios compared before any is used. */
const CHECKED = 64;
/** Largest relative difference of a rate; whole numbers must be equal. */
const RATE_TOLERANCE = 1e-5;

export interface OpenedRollout {
  readonly engine: RolloutEngine;
  close(): void;
}

/** A UserError without an adapter, or where the adapter draws other scenarios than the twin. */
export async function openNativeRollout(): Promise<OpenedRollout> {
  const opened = await openDawn();
  const { description, device, vendor } = opened.adapter;
  const name = description || device || vendor || 'unnamed adapter';
  const gpu = createGpuRollout(opened.device, name);
  let checked = false;
  const run: RolloutEngine['run'] = async (inputs, first, count) => {
    const outputs = await gpu.run(inputs, first, count);
    if (!checked) {
      const twin = await cpuTwin.run(inputs, first, Math.min(CHECKED, count));
      const fault = differenceOf(outputs, twin);
      if (fault)
        throw new UserError(`${name} does not draw what the CPU draws (${fault}); use --engine cpu`, EXIT.failed);
      checked = true;
    }
    return outputs;
  };
  // Held on to: Dawn crashes the process when the instance is collected while its device lives.
  return { engine: { name, run }, close: () => opened.gpu && opened.device.destroy() };
}

/** What differs first, or null. */
function differenceOf(outputs: RolloutOutputs, twin: RolloutOutputs): string | null {
  for (const part of ['factors', 'states'] as const) {
    const at = twin[part].findIndex((x, i) => outputs[part][i] !== x);
    if (at >= 0) return `${part}[${at}] is ${outputs[part][at]}, not ${twin[part][at]}`;
  }
  const at = twin.rates.findIndex((x, i) => Math.abs(outputs.rates[i]! - x) > RATE_TOLERANCE * x);
  return at < 0 ? null : `rates[${at}] is ${outputs.rates[at]}, not ${twin.rates[at]}`;
}
