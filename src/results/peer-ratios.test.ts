import { expect, it } from 'vitest';
import { comparePeers, geometricMeanOverBest } from './peer-ratios.ts';
import type { Row } from './schema.ts';
import { samplePeerRow } from './testdata/sample-file.ts';

function row(peer: string, samples: number[], more: Partial<Row> & { shape?: string } = {}): Row {
  const { shape = 'matmul:m=2', ...changes } = more;
  return samplePeerRow(peer, shape, samples, changes);
}
const times = (factor: number, samples: readonly number[]): number[] => samples.map((time) => factor * time);
const drift = [100, 150, 225, 340, 500, 750, 1100];

it('pairs round by round, so that a drift both share leaves the ratio alone', () => {
  const [comparison] = comparePeers([{ rows: [row('fleetmark', drift), row('jax-js', times(2, drift))] }]);
  expect(comparison).toMatchObject({ shape: 'matmul:m=2', excluded: [], references: [] });
  expect(comparison!.ratios).toMatchObject([{ peer: 'jax-js', ratio: 2, rounds: 7, interval: { lo: 2, hi: 2 } }]);
});

it('puts the fastest library first, and pairs one that left early with the rounds it was in', () => {
  const rows = [row('fleetmark', drift), row('slow', times(9, drift.slice(0, 3))), row('fast', times(1.5, drift))];
  const [comparison] = comparePeers([{ rows }]);
  expect(comparison!.ratios.map(({ peer, ratio, rounds }) => [peer, ratio, rounds])).toEqual([
    ['fast', 1.5, 7],
    ['slow', 9, 3],
  ]);
  expect(comparison!.ratios[1]!.interval).toBeNull();
});

it('a wrong or missing library is no bar, and says why', () => {
  const wrong = row('tfjs-webgpu', times(0.1, drift), { state: 'failed', reason: 'disagrees' });
  const [comparison] = comparePeers([
    { rows: [row('fleetmark', drift), wrong, row('ort', [], { state: 'skipped', reason: 'no such operator' })] },
  ]);
  expect(comparison!.ratios).toEqual([]);
  expect(comparison!.excluded).toEqual([
    { peer: 'tfjs-webgpu', reason: 'disagrees' },
    { peer: 'ort', reason: 'no such operator' },
  ]);
  expect(geometricMeanOverBest([comparison!])).toBeNull();
});

it('has no ratio without our own time, and says when ours is at fault', () => {
  expect(comparePeers([{ rows: [row('jax-js', [1])] }])).toEqual([]);
  const [comparison] = comparePeers([
    { rows: [row('jax-js', [1]), row('fleetmark', [], { state: 'failed', reason: 'disagrees' })] },
  ]);
  expect(comparison).toMatchObject({ ratios: [], excluded: [{ peer: 'fleetmark', reason: 'disagrees' }] });
});

it('over sessions: the median of their ratios, from the lowest to the highest', () => {
  const session = (factor: number) => ({ rows: [row('fleetmark', drift), row('jax-js', times(factor, drift))] });
  const [comparison] = comparePeers([session(3), session(1), session(2)]);
  expect(comparison!.ratios).toMatchObject([{ ratio: 2, rounds: 21, interval: { lo: 1, hi: 3 } }]);
});

it('a native reference is compared by medians, unpaired, and is never the bar', () => {
  const native = row('pytorch', [34], { facts: { upperReference: true } });
  const [comparison] = comparePeers([{ rows: [row('fleetmark', drift), row('jax-js', times(2, drift)), native] }]);
  expect(comparison!.ratios.map(({ peer }) => peer)).toEqual(['jax-js']);
  expect(comparison!.references).toEqual([{ peer: 'pytorch', ratio: 0.1 }]);
});

it('geometric mean over the best at each shape: 4 and 1 make 2', () => {
  const at = (shape: string, factor: number) => [
    row('fleetmark', drift, { shape }),
    row('a', times(factor, drift), { shape }),
    row('b', times(factor + 5, drift), { shape }),
  ];
  const comparisons = comparePeers([{ rows: [...at('softmax:rows=10', 1), ...at('softmax:rows=9', 4)] }]);
  expect(comparisons.map(({ shape }) => shape)).toEqual(['softmax:rows=9', 'softmax:rows=10']);
  expect(geometricMeanOverBest(comparisons)).toBeCloseTo(2, 12);
});
