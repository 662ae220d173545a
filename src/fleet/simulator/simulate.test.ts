import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { linearSteps } from './linear-steps.ts';
import { type SimulationInput, type SimulationRun, simulate } from './simulate.ts';
import { tpotOf, ttftOf } from './summary.ts';

const base: SimulationInput = {
  model: linearSteps(),
  layout: { kind: 'mixed', instances: 1 },
  maxBatch: 256,
  chunkTokens: 8192,
  arrivals: { kind: 'poisson', perSecond: 2 },
  isl: { kind: 'fixed', tokens: 1000 },
  osl: { kind: 'fixed', tokens: 100 },
  prefixHitRate: 0,
  requests: 200,
  seed: 1,
  replication: 0,
};
const run = (change: Partial<SimulationInput>): SimulationRun => simulate({ ...base, ...change });

/** Any law of arrivals, lengths, batch, chunk, layout and a KV cache small enough to preempt. */
const anyInput = fc
  .record({
    rate: fc.double({ min: 0.5, max: 40, noNaN: true }),
    closed: fc.boolean(),
    isl: fc.integer({ min: 1, max: 2000 }),
    osl: fc.integer({ min: 1, max: 300 }),
    spread: fc.boolean(),
    maxBatch: fc.integer({ min: 1, max: 64 }),
    chunkTokens: fc.integer({ min: 1, max: 4096 }).map((n) => n + 128),
    kv: fc.integer({ min: 30_000, max: 60_000 }),
    disaggregated: fc.boolean(),
    hit: fc.constantFrom(0, 0.5, 1),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .map(
    (x): SimulationInput => ({
      ...base,
      model: linearSteps({ kvCapacityTokens: x.kv }),
      layout: x.disaggregated
        ? { kind: 'disaggregated', prefill: 1, decode: 2, transferSecondsPerToken: 1e-7 }
        : { kind: 'mixed', instances: 2 },
      arrivals: x.closed ? { kind: 'closed', concurrency: Math.ceil(x.rate) } : { kind: 'poisson', perSecond: x.rate },
      maxBatch: x.maxBatch,
      chunkTokens: x.chunkTokens,
      isl: x.spread ? { kind: 'lognormal', mean: x.isl, cv: 0.5 } : { kind: 'fixed', tokens: x.isl },
      osl: x.spread ? { kind: 'geometric', mean: x.osl } : { kind: 'fixed', tokens: x.osl },
      prefixHitRate: x.hit,
      requests: 120,
      seed: x.seed,
    }),
  );

describe('simulate', () => {
  it('takes one request through by hand: one prompt step, then 99 steps of growing context', () => {
    const { requests } = run({ requests: 1 });
    const [request] = requests;
    expect(ttftOf(request!)).toBeCloseTo(5 + 4, 9);
    // Contexts 1001, 1002, …, 1099 at 10 ns, 5.02 ms a step.
    expect(99 * tpotOf(request!)).toBeCloseTo(99 * 5.02 + 99 * 1050 * 1e-5, 6);
  });

  it('lets a prompt delay those that decode beside it, and not when prompts run apart', () => {
    const two = {
      kind: 'trace',
      requests: [
        { at: 0, isl: 1, osl: 50 },
        { at: 0.1, isl: 8000, osl: 1 },
      ],
    } as const;
    const mixed = run({ arrivals: two }).requests[0]!;
    const apart = run({
      arrivals: two,
      layout: { kind: 'disaggregated', prefill: 1, decode: 1, transferSecondsPerToken: 0 },
    }).requests[0]!;
    // 8,000 prompt tokens at 4 µs.
    expect(49 * (tpotOf(mixed) - tpotOf(apart))).toBeCloseTo(32, 6);
  });

  it('gives every token asked for, once, and ends every request in order of time', () => {
    let preempted = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        const done = simulate(input);
        preempted += done.preemptions;
        expect(done.requests.length).toBe(input.requests);
        expect(done.tokensDecoded).toBe(done.requests.reduce((sum, r) => sum + r.outputTokens, 0));
        for (const r of done.requests) {
          expect(r.generated).toBe(r.outputTokens);
          expect(r.prefillLeft).toBe(0);
          expect(r.arrivedAt <= r.admittedAt && r.admittedAt < r.firstTokenAt).toBe(true);
          expect(r.firstTokenAt <= r.finishedAt).toBe(true);
        }
        if (done.preemptions === 0) {
          const asked = done.requests.map((r) => Math.max(1, Math.round(r.promptTokens * (1 - input.prefixHitRate))));
          expect(done.promptTokensComputed).toBe(asked.reduce((a, b) => a + b, 0));
        }
        expect(done.busyShare).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 100, seed: 1 },
    );
    expect(preempted).toBeGreaterThan(0);
  });

  it('is the same twice, and differs by seed and by replication', () => {
    expect(run({})).toEqual(run({}));
    expect(run({ seed: 2 }).requests[5]).not.toEqual(run({}).requests[5]);
    expect(run({ replication: 1 }).requests[5]).not.toEqual(run({}).requests[5]);
  });

  it('ends no later on faster hardware', () => {
    fc.assert(
      fc.property(anyInput, fc.double({ min: 1, max: 4, noNaN: true }), (input, speed) => {
        // Equal work at a fixed number in flight: arrivals at given times would only add idle time.
        const closed = { ...input, arrivals: { kind: 'closed', concurrency: 8 } } as const;
        const kvCapacityTokens = input.model.kvCapacityTokens;
        const end = (by: number): number =>
          Math.max(
            ...simulate({ ...closed, model: linearSteps({ speed: by, kvCapacityTokens }) }).requests.map(
              (r) => r.finishedAt,
            ),
          );
        expect(end(speed)).toBeLessThanOrEqual(end(1) * (1 + 1e-9));
      }),
      { numRuns: 30, seed: 2 },
    );
  });

  it('refuses a request that can never fit', () => {
    const small = { model: linearSteps({ kvCapacityTokens: 1000 }) };
    expect(() => run(small)).toThrow(UserError);
    expect(() => run(small)).toThrow('request 0 of 1000 + 100 tokens does not fit in a KV cache of 1000');
  });
});
