import { expect, it } from 'vitest';
import { peerRatios } from './peer-ratios.ts';
import type { Row } from './schema.ts';

function row(peer: string, samples: number[], state: Row['state'] = 'ok'): Row {
  const time = {
    name: 'time',
    definition: 'd',
    unit: 'ns',
    better: 'lower',
    estimator: 'wall',
    opsPerSample: 1,
  } as const;
  const metrics = [{ ...time, samples, warmup: [], excluded: [] }];
  return {
    id: `peer/${peer}/matmul:m=2`,
    kind: 'peer',
    state,
    startedMs: 0,
    durationMs: 0,
    metrics,
    facts: {},
    warnings: [],
  };
}

it('pairs round by round, so that a drift both share leaves the ratio alone', () => {
  const drift = [100, 150, 225, 340, 500, 750, 1100];
  const [ratio] = peerRatios({
    rows: [
      row('fleetmark', drift),
      row(
        'jax-js',
        drift.map((time) => 2 * time),
      ),
    ],
  });
  expect(ratio).toMatchObject({ peer: 'jax-js', shape: 'matmul:m=2', ratio: 2, rounds: 7 });
  expect(ratio!.interval).toMatchObject({ lo: 2, hi: 2 });
});

it('has no ratio for a wrong peer, nor without our own row', () => {
  expect(peerRatios({ rows: [row('fleetmark', [1]), row('jax-js', [1], 'failed')] })).toEqual([]);
  expect(peerRatios({ rows: [row('jax-js', [1])] })).toEqual([]);
});
