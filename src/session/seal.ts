// What the probes say the rest of a session will take, written down before it is measured: the prediction cannot then be fitted to
// the rows it is compared with. Knows no fleet.
import { isProbe } from '../core/case-order.ts';
import { predictNs, type Work } from '../core/sealed-prediction.ts';
import { collectCases } from '../results/counted-cases.ts';
import { readProbes } from '../results/probed-rates.ts';
import type { SealedPrediction, Session } from '../results/schema.ts';

/** Work of an operation or a token as counted without running it; null where nobody counts it. */
export type CountedWork = () => Work | null;

interface Sealable {
  readonly id: string;
  readonly work?: CountedWork;
}

/** Null while probes are still to come, where they measured nothing, and where nothing left has counted work. */
export async function sealRest(
  session: Session,
  rest: readonly Sealable[],
  atMs: number,
): Promise<SealedPrediction | null> {
  if (rest.some(({ id }) => isProbe(id))) return null;
  const probes = readProbes(collectCases({ sessions: [session] }).measured.filter(({ id }) => isProbe(id)));
  if ('missing' in probes) return null;
  const predictedNs: Record<string, number> = {};
  for (const item of rest) {
    const work = item.work?.();
    if (work && work.bytes + work.flops > 0) predictedNs[item.id] = predictNs(work, probes);
  }
  if (Object.keys(predictedNs).length === 0) return null;
  const rates = {
    bytesPerSecond: probes.bytesPerSecond,
    flopsPerSecond: probes.flopsPerSecond,
    overheadNs: probes.overheadNs,
  };
  return { atMs, rates, predictedNs, sha256: await sha256Of({ atMs, rates, predictedNs }) };
}

/** Of the JSON without spaces, keys in this order: what anyone can compute again from the file. */
async function sha256Of(sealed: Omit<SealedPrediction, 'sha256'>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(sealed)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
