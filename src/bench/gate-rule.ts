// How far a decoder may stand from its reference before its speed counts for nothing, by the type of its weights, each
// bound with its source. Knows no runtime.

export interface GateRule {
  /** Largest |Δlogit| as a share of the reference logits' root mean square at that step. */
  readonly logitError: number;
  /** Mean over the steps of KL(reference ‖ tested), nats. */
  readonly meanKl: number;
  /** Largest relative difference from the reference's perplexity on the same text. */
  readonly perplexity: number;
}

/** Types a decoder's weights may have. */
export type GatedType = 'f32' | 'f16' | 'int8' | 'int4';

/**
 * f32: sums in another order differ by parts in 10⁵ of the rms (seen: 1e-5 for test-4x128, 5e-5 for SmolLM2-135M); logits
 * off by δ give a divergence of at most about δ²/2, and an rms is one to four, so that 1e-6 leaves room for 1e-3.
 */
const F32: GateRule = { logitError: 1e-3, meanKl: 1e-6, perplexity: 1e-3 };

/**
 * The reference computes with the very same quantised weights, so int4 and int8 are held to f32's bounds; what quantising
 * itself costs is the perplexity beside f32's. f16 keeps 11 bits through every layer; its bound on divergence is what
 * llama.cpp finds for Q8_0 of Llama 3 8B (0.001355 nats; f16 0.000551), its bound on perplexity twice what it finds there
 * (0.04 %) (https://github.com/ggml-org/llama.cpp/blob/master/tools/perplexity/README.md).
 */
export const GATE_RULES: Readonly<Record<GatedType, GateRule>> = {
  f32: F32,
  int8: F32,
  int4: F32,
  f16: { logitError: 5e-2, meanKl: 1.4e-3, perplexity: 2e-3 },
};

export function gateRuleText({ logitError, meanKl }: GateRule): string {
  return (
    `at every step |Δlogit| ≤ ${logitError} × rms of the reference logits, and its top token, or one within twice that of it; ` +
    `mean KL ≤ ${meanKl} nats`
  );
}
