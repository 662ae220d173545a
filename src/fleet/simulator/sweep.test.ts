import { describe, expect, it } from 'vitest';
import { mergeShards, WHOLE } from '../rollout/shard-file.ts';
import { linearSteps } from './linear-steps.ts';
import { simulate } from './simulate.ts';
import { summarize } from './summary.ts';
import { runSweep, type SweepInput, summarizeSweep } from './sweep.ts';

const sweep: SweepInput = {
  simulation: {
    model: linearSteps({ kvCapacityTokens: 60_000 }),
    layout: { kind: 'mixed', instances: 2 },
    maxBatch: 64,
    chunkTokens: 2048,
    arrivals: { kind: 'poisson', perSecond: 40 },
    isl: { kind: 'lognormal', mean: 500, cv: 0.5 },
    osl: { kind: 'geometric', mean: 100 },
    prefixHitRate: 0,
    requests: 300,
    seed: 7,
  },
  replications: 10,
  warmup: 50,
  slo: { ttftMs: 12, tpotMs: 6 },
  inputs: { 'arrival-rate': 40 },
};

describe('runSweep', () => {
  const whole = runSweep(sweep, WHOLE);

  it.each([2, 3, 10])('merged from %i shards, in any order, is the unsharded run', (of) => {
    const shards = Array.from({ length: of }, (_, index) => ({
      name: `part-${index}`,
      file: runSweep(sweep, { index, of }),
    }));
    const merged = mergeShards([...shards].reverse());
    expect(merged.sketches).toEqual(whole.sketches);
    expect(merged.tallies).toEqual(whole.tallies);
    expect(summarizeSweep(merged)).toEqual(summarizeSweep(whole));
  });

  it('agrees with the exact summary of the same requests to the sketch error', () => {
    const one = { ...sweep, replications: 1 };
    const exact = summarize(simulate({ ...sweep.simulation, replication: 0 }), sweep.warmup, sweep.slo);
    const said = summarizeSweep(runSweep(one, WHOLE));
    expect(Math.abs(said.ttftMs.p50 / exact.ttftMs.p50 - 1)).toBeLessThan(0.02);
    expect(Math.abs(said.tpotMs!.p99 / exact.tpotMs!.p99 - 1)).toBeLessThan(0.03);
    expect(said.goodShare).toBeCloseTo(exact.goodput.share, 12);
    expect(said.outputTokensPerSecond.mean / 2 / exact.outputTokensPerSecondPerGpu).toBeCloseTo(1, 3);
    expect(exact.goodput.share).toBeGreaterThan(0);
    expect(exact.goodput.share).toBeLessThan(1);
  });
});
