// A model cut where pairing cuts it: attention with its KV cache on one side, feed-forward layers on the other.
// Counts parameters; knows no hardware.
import { constantValue } from '../catalogue.ts';
import type { Architecture } from '../serving/catalogue.ts';
import { densePerToken, expertParameters } from '../serving/step.ts';

/**
 * Parameters of all attention layers: queries, keys and values, output, hidden × (2 × query width + KV width). A latent cache
 * has projections of its own, counted in the constants.
 */
function attentionParameters({ name, layers, hidden, queryWidth, kvElementsPerLayer, latent }: Architecture): number {
  const each = latent ? constantValue(`shape/${name}-attention`) : hidden * (2 * queryWidth + kvElementsPerLayer);
  return layers * each;
}

/** The model without its feed-forward layers: attention, embedding and output head, which stay on the GPUs. */
export function attentionOnly(model: Architecture): Architecture {
  return { ...model, experts: null, parameters: attentionParameters(model) + 2 * model.embeddingParameters };
}

interface Split {
  /** Attention and output head. */
  readonly attention: number;
  /** Feed-forward parameters that every token passes: dense layers and shared experts. */
  readonly denseFfn: number;
}

// Asked for at every step of a search; a catalogue entry never changes.
const splits = new WeakMap<Architecture, Split>();

function splitOf(model: Architecture): Split {
  const known = splits.get(model);
  if (known) return known;
  const attention = densePerToken(attentionOnly(model));
  const split = { attention, denseFfn: Math.max(0, densePerToken(model) - attention) };
  splits.set(model, split);
  return split;
}

/** Parameters of attention and output head, all of which every token uses. */
export function attentionPerToken(model: Architecture): number {
  return splitOf(model).attention;
}

/** Feed-forward parameters held. */
export function ffnParameters(model: Architecture): number {
  return splitOf(model).denseFfn + expertParameters(model);
}

/** Feed-forward parameters that every token passes. */
export function denseFfn(model: Architecture): number {
  return splitOf(model).denseFfn;
}

/** Feed-forward parameters that one token uses. */
export function activeFfn(model: Architecture): number {
  const { experts } = model;
  return splitOf(model).denseFfn + (experts ? experts.layers * experts.chosen * experts.parametersEach : 0);
}
