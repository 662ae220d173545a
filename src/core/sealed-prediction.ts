// What a device's probed rates say some counted work should take: the one formula by which a prediction is sealed before a run and
// compared with it afterwards. Knows no row.

export interface Rates {
  readonly bytesPerSecond: number;
  readonly flopsPerSecond: number;
  /** ns a dispatch beyond its work. */
  readonly overheadNs: number;
}

/** Counted per operation of a kernel, or per token of a decoder. */
export interface Work {
  readonly bytes: number;
  readonly flops: number;
  readonly dispatches: number;
}

/** The greater of bytes / bandwidth and flops / peak, and the dispatches' overhead, ns. */
export function predictNs({ bytes, flops, dispatches }: Work, rates: Rates): number {
  const work = Math.max(bytes / rates.bytesPerSecond, flops / rates.flopsPerSecond);
  return work * 1e9 + dispatches * rates.overheadNs;
}
