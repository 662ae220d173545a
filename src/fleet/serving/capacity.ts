// The most a system can serve under limits: layouts and loads by the closed form, and the best of them. Knows formulas, not
// measurements.
import type { Accelerator, Architecture } from './catalogue.ts';
import type { Parameters } from './parameters.ts';
import type { Slo } from './resolve.ts';
import { batchLimit, type Steady, steadyState } from './steady.ts';
import type { Layout, Replica } from './step.ts';

export interface Operating {
  readonly layout: Layout;
  readonly concurrency: number;
  readonly steady: Steady;
}

const LARGEST_BATCH_PER_GPU = 2048;
const LOADS = Array.from({ length: 45 }, (_, i) => 2 ** (i / 4));

/** Tensor parallel over 1 to 8 GPUs; for models with many experts also attention in data parallel over up to a domain. */
export function layoutsFor(model: Architecture, chip: Accelerator, gpus: number): Layout[] {
  const sizes = [1, 2, 4, 8, 16, 32, 64].filter((size) => size <= gpus && size <= Math.max(8, chip.domain));
  const tensor = sizes.filter((size) => size <= 8).map((size) => ({ gpus: size, tp: size, attentionDp: 1 }));
  const wide = (model.experts?.count ?? 0) >= MANY_EXPERTS ? sizes.filter((size) => size >= 4) : [];
  return [...tensor, ...wide.map((size) => ({ gpus: size, tp: 1, attentionDp: size }))];
}

const MANY_EXPERTS = 64;

/** Every load of every layout whose weights fit. */
export function operatingPoints(replica: Replica, gpus: number, parameters: Parameters): Operating[] {
  return layoutsFor(replica.model, replica.chip, gpus).flatMap((layout) => {
    const here = { ...replica, layout };
    const limit = batchLimit(here);
    if (limit < 1) return [];
    const loads = LOADS.filter((load) => load <= Math.min(limit, LARGEST_BATCH_PER_GPU * layout.gpus));
    return loads.map((concurrency) => ({ layout, concurrency, steady: steadyState(here, concurrency, parameters) }));
  });
}

/**
 * The operating point of most tokens/s/GPU within the limits. Where nothing meets them, the one that is nearest to them.
 * Null when the weights fit no layout.
 */
export function bestWithin(replica: Replica, gpus: number, slo: Slo, parameters: Parameters): Operating | null {
  const points = operatingPoints(replica, gpus, parameters);
  const miss = ({ steady }: Operating): number =>
    Math.max(1, steady.tpotSeconds / slo.tpotSeconds, steady.ttftSeconds / slo.ttftSeconds);
  const better = (a: Operating, b: Operating): boolean =>
    miss(a) !== miss(b) ? miss(a) < miss(b) : a.steady.tokensPerGpu > b.steady.tokensPerGpu;
  return points.reduce<Operating | null>((best, point) => (best === null || better(point, best) ? point : best), null);
}
