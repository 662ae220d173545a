// What every part of a forward pass is planned from.
import type { DeviceCaps } from '../../kernels/family.ts';
import type { DecoderConfig } from '../../models/decoders.ts';
import type { DeviceForm } from './form.ts';
import type { ModelBuffers } from './load-weights.ts';
import type { Workspace } from './workspace.ts';

/** `prompt`: the rows of a step are following tokens of one sequence. `decode`: one token of every sequence. */
export type StepKind = 'prompt' | 'decode';

export interface PlanContext {
  readonly config: DecoderConfig;
  readonly caps: DeviceCaps;
  readonly form: DeviceForm;
  readonly model: ModelBuffers;
  readonly work: Workspace;
}
