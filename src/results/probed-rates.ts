// The rates a run's own probes measured: bytes/s, flop/s, and the time a dispatch costs beyond its work.
// Knows probe rows only.
import { parseCaseId } from '../core/case-id.ts';
import type { MeasuredCase } from './counted-cases.ts';

/** Rates this run measured with `kernel/stream/*` and `kernel/fma/*`, and which row gave each. */
export interface DeviceProbes {
  readonly bytesPerSecond: number;
  readonly bandwidthFrom: string;
  readonly flopsPerSecond: number;
  readonly flopsFrom: string;
  /** ns a dispatch; 0 where no probe is small enough to show it. */
  readonly overheadNs: number;
  /** Null where no probe is small enough. */
  readonly overheadFrom: string | null;
}

/** How much smaller than the bandwidth probe a stream probe must be for its time to be overhead. */
const TINY = 100;

export function readProbes(probes: readonly MeasuredCase[]): DeviceProbes | { readonly missing: string } {
  const streams = probes.filter((p) => p.id.startsWith('kernel/stream/') && p.bytes > 0);
  const fmas = probes.filter((p) => p.id.startsWith('kernel/fma/') && p.flops > 0 && isF32(p));
  const bandwidth = best(largest(streams), (p) => p.bytes / p.ns);
  const compute = best(fmas, (p) => p.flops / p.ns);
  if (!bandwidth)
    return { missing: 'this result holds no verified kernel/stream/* probe: run a suite that measures it' };
  if (!compute) return { missing: 'this result holds no verified kernel/fma/* probe: run a suite that measures it' };
  const tiny = best(streams, (p) => -p.bytes);
  const small = tiny && tiny.bytes * TINY <= bandwidth.bytes ? tiny : null;
  const bytesPerNs = bandwidth.bytes / bandwidth.ns;
  return {
    bytesPerSecond: bytesPerNs * 1e9,
    bandwidthFrom: bandwidth.id,
    flopsPerSecond: (compute.flops / compute.ns) * 1e9,
    flopsFrom: compute.id,
    overheadNs: small ? Math.max(0, small.ns - small.bytes / bytesPerNs) / small.dispatches : 0,
    overheadFrom: small?.id ?? null,
  };
}

/** f16, int8 and matrix units have probes of their own; the device model counts on f32. */
function isF32({ id }: MeasuredCase): boolean {
  return (parseCaseId(id).params.type ?? 'f32') === 'f32';
}

/** The stream probes over the longest source: shorter ones may run in a cache and would promise bytes/s memory lacks. */
function largest(streams: readonly MeasuredCase[]): MeasuredCase[] {
  const size = (p: MeasuredCase): number => Number(parseCaseId(p.id).params.bytes ?? 0);
  const top = Math.max(...streams.map(size));
  return streams.filter((p) => size(p) === top);
}

function best<T>(items: readonly T[], score: (item: T) => number): T | null {
  return items.reduce<T | null>((top, item) => (top === null || score(item) > score(top) ? item : top), null);
}
