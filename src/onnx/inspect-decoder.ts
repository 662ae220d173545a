// Where a decoder's nodes ran on the webgpu provider, and how many dispatches a run makes. Knows no config.
import { generateByFeeding } from '../bench/generate.ts';
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import { type DecoderModel, DecoderSession } from './decoder-session.ts';
import { findPlacement } from './find-placement.ts';
import type { OrtName } from './runtime.ts';

export type Inspection = Partial<Pick<CaseOutcome, 'placement' | 'facts' | 'warnings'>>;

/** The profiler slows every run, so that it looks at a session of its own: the prompt and two tokens. */
export async function inspectDecoder(
  runtime: OrtName,
  model: DecoderModel,
  /** Nodes of the graph as the file has them. */
  nodes: number,
  prompt: readonly number[],
  { signal, phase }: CaseHooks,
): Promise<Inspection> {
  if (runtime !== 'ort-webgpu') return {};
  phase('placement', null);
  const { outcome, method, dispatchesPerRun, warnings } = await findPlacement(nodes, {
    open: (options) => DecoderSession.open(runtime, model, options),
    run: async (decoder) => {
      await generateByFeeding(decoder, { prompt, newTokens: 3, signal });
      return 3;
    },
  });
  return {
    placement: outcome,
    facts: { placementMethod: method, ...(dispatchesPerRun ? { dispatchesPerRun } : {}) },
    warnings: [...warnings],
  };
}
