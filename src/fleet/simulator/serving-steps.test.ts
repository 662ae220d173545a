import { describe, expect, it } from 'vitest';
import { calibrate } from '../serving/calibrate.ts';
import { findAccelerator, findArchitecture } from '../serving/catalogue.ts';
import { withoutWaits } from '../serving/parameters.ts';
import { measuredPoints } from '../serving/points.ts';
import { type Engine, formatsOf } from '../serving/precision.ts';
import { steadyState } from '../serving/steady.ts';
import { type Layout, prefillSeconds, type Replica, stepSeconds } from '../serving/step.ts';
import { servingSteps } from './serving-steps.ts';
import { simulate } from './simulate.ts';
import { summarize } from './summary.ts';

const parameters = withoutWaits(calibrate(measuredPoints()).parameters);

const tp = (gpus: number): Layout => ({ gpus, tp: gpus, attentionDp: 1 });
const dp = (gpus: number): Layout => ({ gpus, tp: 1, attentionDp: gpus });

function replicaOf(
  name: string,
  chipName: string,
  precision: string,
  layout: Layout,
  engine: Engine = 'trtllm',
): Replica {
  const [model, chip] = [findArchitecture(name)!, findAccelerator(chipName)!];
  const formats = formatsOf(model, chip, precision, engine);
  return {
    model,
    chip,
    formats,
    layout,
    engine,
    isl: 1024,
    osl: 1024,
    cacheHit: 0,
    tokensPerStep: 1,
    positionsPerStep: 1,
  };
}

describe('servingSteps', () => {
  const replica = replicaOf('llama-3.1-70b', 'B200 SXM', 'fp8', tp(2));
  const steps = servingSteps(replica, parameters);
  const nothing = { decodeRequests: 0, contextTokens: 0, prefillTokens: 0, prefillAttendedTokens: 0 };

  it('is the serving model at its mean context, and its whole prompt', () => {
    const decode = { ...nothing, decodeRequests: 32, contextTokens: 32 * 1536 };
    expect(steps.stepSeconds(decode)).toBeCloseTo(stepSeconds(replica, 32, parameters), 12);
    const prompt = { ...nothing, prefillTokens: 1024, prefillAttendedTokens: (1024 * 1024) / 2 };
    expect(steps.stepSeconds(prompt)).toBeCloseTo(prefillSeconds(replica, parameters), 12);
    const half = { ...nothing, prefillTokens: 512, prefillAttendedTokens: 512 * 512 + (512 * 512) / 2 };
    const cached = prefillSeconds({ ...replica, cacheHit: 0.5 }, parameters);
    expect(steps.stepSeconds(half)).toBeCloseTo(cached, 12);
  });
});

describe('closed form against the event simulator', () => {
  it.each([
    ['llama-3.1-70b', 'B200 SXM', 'fp8', tp(1), 16, 1024, 1024],
    ['llama-3.1-70b', 'H100 SXM', 'fp8', tp(4), 64, 1024, 1024],
    ['llama-3.1-8b', 'H200 SXM', 'fp8', tp(1), 128, 2048, 512],
    ['llama-3.1-405b', 'B200 SXM', 'fp4', tp(8), 32, 8192, 1024],
    ['gpt-oss-120b', 'B200 SXM', 'fp4', tp(2), 128, 1024, 8192],
    ['deepseek-r1', 'GB200', 'fp4', dp(8), 256, 1024, 2048],
    ['llama-3.1-70b', 'Rubin R200', 'fp4', tp(1), 256, 1024, 1024],
  ] as const)(
    '%s on %s %s %j, %i in flight, %i/%i: within 5 %%',
    (model, chip, precision, layout, concurrency, isl, osl) => {
      const replica = { ...replicaOf(model, chip, precision, layout), isl, osl };
      const closed = steadyState(replica, concurrency, parameters);
      const run = simulate({
        model: servingSteps(replica, parameters),
        layout: { kind: 'mixed', instances: 1 },
        maxBatch: 1024,
        chunkTokens: 16_384,
        arrivals: { kind: 'closed', concurrency },
        isl: { kind: 'fixed', tokens: isl },
        // Spread, and given time to mix, so that requests do not march in step.
        osl: { kind: 'uniform', lo: Math.round(0.5 * osl), hi: Math.round(1.5 * osl) },
        prefixHitRate: 0,
        requests: 60 * concurrency,
        seed: 1,
        replication: 0,
      });
      const summary = summarize(run, 20 * concurrency, { ttftMs: 1e9, tpotMs: 1e9 });
      expect(Math.abs(summary.tpotMs!.mean / (1000 * closed.tpotSeconds) - 1)).toBeLessThan(0.05);
      expect(Math.abs(summary.outputTokensPerSecondPerGpu / closed.tokensPerGpu - 1)).toBeLessThan(0.05);
    },
  );
});
