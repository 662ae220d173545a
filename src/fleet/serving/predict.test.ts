import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Calibration, calibrate } from './calibrate.ts';
import { bestWithin } from './capacity.ts';
import { predictFront } from './front.ts';
import type { Interval } from './intervals.ts';
import { kindOf, measuredPoints, type Point, parsePoints } from './points.ts';
import { type Prediction, predictPoints } from './predict.ts';
import { replicaOf, sloOf, speculationOf, speculationYield, subjectOf } from './resolve.ts';

let calibration: Calibration;
beforeAll(() => {
  calibration = calibrate(measuredPoints());
});

const OUTCOMES = ['tok_s_total', 'tok_s_per_gpu', 'tok_s_per_user', 'ttft_ms', 'tpot_ms', 'prefill_tok_s_pp512'];

/** A question as the command reads it: the JSON of a point, outcomes left out. */
function ask(...entries: Record<string, unknown>[]): Prediction[] {
  const questions = entries.map((entry) =>
    Object.fromEntries(Object.entries(entry).filter(([key]) => !OUTCOMES.includes(key))),
  );
  return predictPoints(parsePoints(questions, 'questions.json'), calibration);
}

const serving = {
  id: 'q',
  hardware: 'b200_sxm',
  model: 'llama-3.1-70b',
  precision: 'fp8',
  gpus: 4,
  tp: 4,
  attention_dp: 1,
  concurrency: 64,
  isl: 1024,
  osl: 1024,
  backend: 'trtllm 1.2.0',
};

function expectNested(interval: Interval | undefined): void {
  const { p50, i50, i80, i95 } = interval!;
  const ends = [i95[0], i80[0], i50[0], p50, i50[1], i80[1], i95[1]];
  expect(ends).toEqual([...ends].sort((a, b) => a - b));
  expect(ends.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
}

describe('predictPoints', () => {
  it('answers every measured point without its outcome, in order', () => {
    const answers = ask(...measuredPoints().map((point) => ({ ...point })));
    expect(answers.map(({ id }) => id)).toEqual(measuredPoints().map(({ id }) => id));
    expect(answers.filter(({ reason }) => reason !== undefined)).toEqual([]);
  });

  it('answers a serving point with time per token, its inverse, and tokens/s/GPU', () => {
    const [answer] = ask(serving);
    for (const quantity of ['tpot_ms', 'tok_s_per_gpu', 'tok_s_per_user'] as const) expectNested(answer![quantity]);
    expect(answer!.tok_s_per_user!.p50 * answer!.tpot_ms!.p50).toBeCloseTo(1000, 6);
    expect(answer!.tok_s_per_user!.i80[1]).toBeCloseTo(1000 / answer!.tpot_ms!.i80[0], 6);
  });

  it('answers MLPerf and table points with tokens/s/GPU alone', () => {
    const mlperf = {
      id: 'm',
      hardware: 'NVIDIA GB300',
      gpus: 72,
      model: 'deepseek-r1',
      precision: 'fp4',
      scenario: 'Server',
    };
    const metric = 'output tokens/s (MLPerf)';
    const [answer, table] = ask(
      { ...mlperf, metric, slo: 'TTFT<=2000ms/TPOT<=80ms', concurrency: null, isl: null, osl: 3792 },
      {
        id: 't',
        hardware: 'B200',
        model: 'gpt-oss-20b',
        precision: 'mxfp4',
        scenario: 'max throughput',
        concurrency: 'max load',
        isl: 1000,
        osl: 1000,
      },
    );
    expect(Object.keys(answer!)).toEqual(['id', 'tok_s_per_gpu']);
    expectNested(answer!.tok_s_per_gpu);
    expectNested(table!.tok_s_per_gpu);
  });

  it('says why it has no answer, and goes on', () => {
    const answers = ask(
      { ...serving, id: 'chip', hardware: 'H9000' },
      { ...serving, id: 'model', model: 'gpt-9' },
      { ...serving, id: 'size', model: 'llama-3.1-405b', gpus: 1, tp: 1 },
      { ...serving, id: 'zero', concurrency: 0 },
      { ...serving, id: 'format', scenario: 'tg128', precision: 'Q9_X' },
      serving,
    );
    expect(answers.map(({ reason }) => reason?.replace(/ .*/, ''))).toEqual([
      'hardware',
      'model',
      'the',
      'concurrency:',
      'weight',
      undefined,
    ]);
    expect(answers[0]).toEqual({ id: 'chip', reason: "hardware 'H9000' is not in the catalogue" });
  });

  it('answers any point at all with nested finite intervals or with a reason', () => {
    const names = ['H100', 'vr200 nvl72', 'GB300', 'MI355X', 'Trainium3', 'RTX4090', 'Groq 3 LPX', 'M4 Max', '', 'x9'];
    const models = ['DeepSeek-R1', 'openai/gpt-oss-20b', 'Llama-3.3-70B-Instruct', 'llama2-70b-99.9', 'nothing', ''];
    const some = <T>(...values: T[]) => fc.constantFrom(...values);
    const size = fc.oneof(
      fc.integer({ min: -2, max: 1e6 }),
      some<unknown>(null, '8', 'many', undefined, 1e12, 0.001, {}),
    );
    fc.assert(
      fc.property(
        fc.record({
          hardware: some<unknown>(...names, 7, null),
          model: some(...models),
          precision: some('fp8', 'nvfp4', 'Q4_K_M', 'bf16/unspecified', null, 'strange'),
          gpus: size,
          tp: size,
          attention_dp: size,
          concurrency: size,
          isl: size,
          osl: size,
          scenario: some(null, 'Offline', 'server', 'interactive', 'tg128', 'pp512', 'max throughput'),
          slo: some(null, 'TTFT<=2000ms/TPOT<=80ms', '90 tok/s/user', 'soon'),
          date: some(null, '2026-09-01', 'last week'),
        }),
        (entry) => {
          const [answer] = ask({ id: 'q', ...entry });
          const { id, reason, ...quantities } = answer!;
          expect(id).toBe('q');
          expect(reason === undefined).toBe(Object.keys(quantities).length > 0);
          for (const interval of Object.values(quantities)) expectNested(interval as Interval);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is less sure of what no measurement has shown', () => {
    const width = (over: Record<string, unknown>): number => {
      const { i80 } = ask({ ...serving, ...over })[0]!.tpot_ms!;
      return i80[1] / i80[0];
    };
    const seen = width({});
    expect(width({ hardware: 'rubin' })).toBeGreaterThan(seen);
    expect(width({ hardware: 'mi355x', backend: 'vllm' })).toBeGreaterThan(width({ hardware: 'gb200' }));
    expect(width({ model: 'llama-3.1-405b' })).toBeGreaterThan(seen);
  });

  it('expects later software to be faster, and knows it less well', () => {
    const at = (date: string): Interval => {
      const mlperf = {
        id: 'm',
        hardware: 'B200',
        gpus: 8,
        model: 'deepseek-r1',
        precision: 'fp4',
        scenario: 'Offline',
        osl: 3792,
        date,
      };
      return ask({ ...mlperf, metric: 'output tokens/s (MLPerf)' })[0]!.tok_s_per_gpu!;
    };
    const [then, later] = [at('2025-09-09'), at('2026-09-09')];
    expect(later.p50 / then.p50).toBeCloseTo(Math.exp(0.34), 2);
    expect(later.i80[1] / later.i80[0]).toBeGreaterThan(then.i80[1] / then.i80[0]);
  });

  it('answers a stream on an LPU with a spread that covers its own source', () => {
    const point = measuredPoints().find(({ id }) => id === 'groq1_llama31_8b')!;
    const [{ tok_s_per_user: rate } = {}] = ask({ ...point });
    expect(rate!.i80[0]).toBeLessThan(750);
    expect(rate!.i80[1]).toBeGreaterThan(750);
  });
});

describe('parsePoints', () => {
  it('refuses what is no list of points', () => {
    expect(() => parsePoints({}, 'a.json')).toThrow('a.json: must be a JSON array');
    expect(() => parsePoints([{ hardware: 'B200' }], 'a.json')).toThrow('entry 0 has no id');
  });
});

describe('resolve', () => {
  const point = (over: Partial<Point>): Point => ({ ...measuredPoints()[0]!, ...over });

  it('reads limits', () => {
    expect(sloOf(point({ slo: 'TTFT<=450ms/TPOT<=40ms' }))).toEqual({ ttftSeconds: 0.45, tpotSeconds: 0.04 });
    expect(sloOf(point({ slo: 'TTFT<=6s/TPOT<=175ms' }))).toEqual({
      ttftSeconds: 6,
      tpotSeconds: expect.closeTo(0.175, 12),
    });
    expect(sloOf(point({ slo: '90 tok/s/user' })).tpotSeconds).toBeCloseTo(1 / 90, 12);
    expect(sloOf(point({ slo: null })).tpotSeconds).toBe(Number.POSITIVE_INFINITY);
  });

  it('reads speculation and its denial', () => {
    expect(speculationOf(point({ note: 'with speculative decoding: 6.7x' }))).toBe('yes');
    expect(speculationOf(point({ note: 'no speculative decoding' }))).toBe('no');
    expect(speculationOf(point({ note: '' }))).toBe('unsaid');
  });

  it('yields (1 − a^(g+1)) / (1 − a) tokens a step', () => {
    expect(speculationYield(0.5, 2)).toBeCloseTo(1.75, 12);
    expect(speculationYield(1, 3)).toBe(4);
  });

  it('tells the kinds of the measured points apart', () => {
    const counts = { serving: 0, capacity: 0, 'llama-bench': 0 };
    for (const each of measuredPoints()) counts[kindOf(each)]++;
    expect(counts).toEqual({ serving: 182, capacity: 110, 'llama-bench': 30 });
  });
});

describe('capacity and front', () => {
  it('meets the limits it is given where anything does', () => {
    const subject = subjectOf(measuredPoints().find(({ model }) => model === 'llama2-70b')!);
    if ('reason' in subject) throw new Error(subject.reason);
    const replica = replicaOf(subject, { isl: 300, osl: 300 }, { gpus: 1, tp: 1, attentionDp: 1 });
    const free = { ttftSeconds: Number.POSITIVE_INFINITY, tpotSeconds: Number.POSITIVE_INFINITY };
    const loose = bestWithin(replica, 8, free, calibration.parameters)!;
    const tight = bestWithin(replica, 8, { ttftSeconds: 0.45, tpotSeconds: 0.02 }, calibration.parameters)!;
    expect(tight.steady.tpotSeconds).toBeLessThanOrEqual(0.02);
    expect(tight.steady.ttftSeconds).toBeLessThanOrEqual(0.45);
    expect(tight.steady.tokensPerGpu).toBeLessThan(loose.steady.tokensPerGpu);
  });

  const request = {
    hardware: 'B200',
    model: 'llama-3.1-70b',
    precision: 'fp8',
    engine: 'trtllm',
    gpus: 8,
    isl: 1024,
    osl: 1024,
    cacheHit: 0,
    disaggregated: false,
    speculation: null,
  } as const;

  it('falls in tokens/s/GPU as tokens/s/user rise, with power and cost at each point', () => {
    const rows = predictFront(request, calibration);
    expect(rows.length).toBeGreaterThan(10);
    for (let i = 1; i < rows.length; i++) {
      expect(rows[i]!.tokensPerUser).toBeGreaterThanOrEqual(rows[i - 1]!.tokensPerUser);
      expect(rows[i]!.tokensPerGpu.p50).toBeLessThan(rows[i - 1]!.tokensPerGpu.p50);
    }
    const [first] = rows;
    expect(first!.tokensPerMw! / first!.tokensPerGpu.p50).toBeCloseTo(1000 / 2.17, 9);
    expect(first!.usdPerMillion! * first!.tokensPerGpu.p50).toBeCloseTo((1.95 * 1e6) / 3600, 6);
  });

  it('is lifted at its fast end by speculation', () => {
    const fastest = (speculation: { acceptance: number; draft: number } | null): number =>
      predictFront({ ...request, speculation }, calibration).at(-1)!.tokensPerUser;
    expect(fastest({ acceptance: 0.8, draft: 3 })).toBeGreaterThan(2 * fastest(null));
  });

  it('names what is unknown or does not fit', () => {
    expect(() => predictFront({ ...request, hardware: 'H9000' }, calibration)).toThrow(
      "unknown chip 'H9000'. Known: A100 SXM",
    );
    expect(() => predictFront({ ...request, model: 'deepseek-r1', gpus: 1 }, calibration)).toThrow(
      'does not fit on 1 x B200 SXM',
    );
  });
});
