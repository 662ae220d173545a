// What the two ways of writing attention have in common for the decoder graph.
import type { LayerWeights } from './decoder-weights.ts';

/** Names of the projected query, key and value of one layer, [batch, tokens, width] each. */
type Projections = readonly [query: string, key: string, value: string];

/** Writes one layer's attention: projections in, [batch, tokens, heads · headDim] out, the cache updated. */
export type AttentionWriter = (layer: number, weights: LayerWeights, projections: Projections) => string;
