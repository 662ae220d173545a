// The predictions a session sealed from its probes before anything else was measured, as a result file holds them, and whether the
// seal holds. Knows no formula but the one that was sealed.
import type { ResultFile } from '../results/schema.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';

export interface Seal {
  /** Sealed ns by case id: the median over sessions; empty where nothing was sealed. */
  readonly predicted: ReadonlyMap<string, number>;
  readonly text: string;
}

export function readSeal(result: ResultFile): Seal {
  const sealed = result.sessions.flatMap((session) => (session.sealed ? [{ session, seal: session.sealed }] : []));
  if (sealed.length === 0) {
    return { predicted: new Map(), text: 'Nothing was sealed before this run: predictions are made from its file.' };
  }
  const sealedNs = new Map<string, number[]>();
  let late = 0;
  for (const { session, seal } of sealed) {
    const started = new Map(session.rows.map((row) => [row.id, row.startedMs]));
    for (const [id, ns] of Object.entries(seal.predictedNs)) {
      // A row that began before the seal was not predicted by it.
      if ((started.get(id) ?? Number.POSITIVE_INFINITY) < seal.atMs) late++;
      else sealedNs.set(id, [...(sealedNs.get(id) ?? []), ns]);
    }
  }
  const predicted = new Map([...sealedNs].map(([id, of]) => [id, median(sortSamples(of))]));
  const [first] = sealed;
  const when = new Date(Date.parse(first!.session.startedAt) + first!.seal.atMs).toISOString();
  const others = sealed.length > 1 ? ` and ${sealed.length - 1} more` : '';
  const dropped = late > 0 ? `; ${late} began before it and do not count` : '';
  return {
    predicted,
    text: `Sealed from the probes at ${when} before ${predicted.size} of the cases ran (SHA-256 ${first!.seal.sha256.slice(0, 16)}…${others})${dropped}.`,
  };
}
