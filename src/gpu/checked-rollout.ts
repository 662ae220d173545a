// The rollout on a GPU, believed only after its first scenarios were found equal to the CPU twin's. Knows no way to a device.
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { RolloutEngine, RolloutOutputs } from '../core/rollout.ts';
import type { GpuRollout } from './rollout-engine.ts';

/** Scenarios compared before any is used. */
const CHECKED = 64;
/** Largest relative difference of a rate; whole numbers must be equal. */
const RATE_TOLERANCE = 1e-5;

/** The adapter draws other scenarios than the twin: nothing that it draws is to be used. */
export class OtherDraws extends UserError {
  constructor(message: string) {
    super(message, EXIT.failed);
  }
}

/** Its runs reject with OtherDraws where the engine does not draw what the twin does. */
export function createCheckedRollout(gpu: GpuRollout): GpuRollout {
  let checked = false;
  const run: RolloutEngine['run'] = async (inputs, first, count) => {
    const outputs = await gpu.run(inputs, first, count);
    if (checked) return outputs;
    const twin = await cpuTwin.run(inputs, first, Math.min(CHECKED, count));
    const fault = differenceOf(outputs, twin);
    if (fault) throw new OtherDraws(`${gpu.name} does not draw what the CPU draws (${fault})`);
    checked = true;
    return outputs;
  };
  return { ...gpu, run };
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
