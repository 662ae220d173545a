import { describe, expect, it } from 'vitest';
import type { CaseOutcome } from '../bench/outcome.ts';
import type { Row } from '../results/schema.ts';
import type { Machine } from './machine.ts';
import { watchThrottling } from './sentinel.ts';

const PROBE = 'kernel/fma/vec4';
const outcome = (timeNs: number, state: CaseOutcome['state'] = 'ok'): CaseOutcome => {
  const metric = {
    name: 'time',
    definition: 'd',
    unit: 'ns',
    better: 'lower',
    estimator: 'timestamp',
    opsPerSample: 1,
  } as const;
  return { state, metrics: [{ ...metric, samples: [timeNs], warmup: [], excluded: [] }], facts: {}, warnings: [] };
};
const row = (id: string, startedMs: number): Row => ({
  id,
  kind: 'kernel',
  ...outcome(100),
  startedMs,
  durationMs: 1000,
});
const session = (lengthMs: number): Row[] => [row(PROBE, 0), row('kernel/a/b', lengthMs - 1000)];
const watch = (rows: readonly Row[], again: () => Promise<CaseOutcome>) =>
  watchThrottling({} as Machine, [{ id: PROBE, run: again }], rows, { signal: new AbortController().signal });

describe('watchThrottling', () => {
  it('warns of a probe that got slower, with the figure', async () => {
    expect(await watch(session(60_000), async () => outcome(112))).toEqual({
      figure: { id: PROBE, ratio: 1.12 },
      warnings: [{ name: 'throttled', detail: `${PROBE} 12.0 % slower` }],
    });
  });

  it('keeps the figure of a steady one without a warning', async () => {
    expect(await watch(session(60_000), async () => outcome(103))).toEqual({
      figure: { id: PROBE, ratio: 1.03 },
      warnings: [],
    });
  });

  it('leaves a short session, one without the probe, and a probe that fails now, alone', async () => {
    const never = async () => Promise.reject(new Error('must not run'));
    expect(await watch(session(20_000), never)).toBeNull();
    expect(await watch([row('kernel/a/b', 60_000)], never)).toBeNull();
    expect(await watch(session(60_000), never)).toBeNull();
    expect(await watch(session(60_000), async () => outcome(100, 'failed'))).toBeNull();
  });
});
