import { describe, expect, it } from 'vitest';
import { UserError } from '../core/errors.ts';
import { BLACKWELL, findModel, POINTS, type ServingPoint } from './catalogue.ts';
import { buildFront, describeWorkload, fallOff, listFronts, placeOn, rangeOf, type Workload } from './front.ts';
import { segmentOf } from './front-curve.ts';

const LLAMA: Workload = { model: 'llama-3.1-70b', precision: 'fp8', isl: 1024, osl: 1024 };

function point(tokensPerUser: number, tokensPerGpu: number, change: Partial<ServingPoint> = {}): ServingPoint {
  return {
    id: `${tokensPerUser}`,
    hardware: BLACKWELL,
    gpus: 1,
    ...LLAMA,
    concurrency: 128,
    ttftMs: 100,
    tpotMs: 1000 / tokensPerUser,
    tokensPerGpu,
    tokensPerUser,
    backend: 'test',
    ...change,
  };
}

describe('buildFront', () => {
  it('drops dominated points and points whose first token comes too late', () => {
    const points = [point(100, 400), point(50, 900), point(40, 800), point(20, 5000, { ttftMs: 67_000 })];
    expect(buildFront(BLACKWELL, LLAMA, points).points.map((p) => p.tokensPerUser)).toEqual([50, 100]);
  });

  it('lists what was measured when nothing fits', () => {
    expect(() => buildFront(BLACKWELL, { ...LLAMA, isl: 7 })).toThrow(
      /llama-3.1-70b fp8 7\/1k has no measured point on B200 SXM. Measured on B200 SXM: .*llama-3.1-70b fp8 1k\/1k \(34.01 to 153.66/,
    );
  });

  it('holds only points of its own GPU, model, precision and lengths', () => {
    for (const front of listFronts(BLACKWELL)) {
      for (const p of front.points) expect(p).toMatchObject({ hardware: BLACKWELL, ...front.workload });
    }
  });
});

describe('placeOn', () => {
  // √400 = 20 and √100 = 10: halfway in tokens/s/user the root is 15.
  const front = buildFront(BLACKWELL, LLAMA, [point(50, 400), point(100, 100, { concurrency: 32 })]);

  it('draws √rate as a straight line for a dense model', () => {
    expect(placeOn(front, 75).tokensPerGpu).toBeCloseTo(225, 9);
    expect(placeOn(front, 50)).toEqual({ tokensPerGpu: 400, concurrency: 128 });
    expect(placeOn(front, 100)).toEqual({ tokensPerGpu: 100, concurrency: 32 });
    expect(placeOn(front, Math.sqrt(5000)).concurrency).toBeCloseTo(64, 9);
  });

  it.each([49.9, 100.1, 0, -5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d tokens/s/user', (user) => {
    expect(() => placeOn(front, user)).toThrow(UserError);
    expect(() => placeOn(front, user)).toThrow('was measured from 50 to 100');
  });

  it('never rises along any measured front', () => {
    for (const measured of listFronts(BLACKWELL)) {
      const { lo, hi } = rangeOf(measured);
      const rates = Array.from({ length: 50 }, (_, i) => placeOn(measured, lo + ((hi - lo) * i) / 49).tokensPerGpu);
      for (let i = 1; i < rates.length; i++)
        expect(rates[i]!, describeWorkload(measured.workload)).toBeLessThanOrEqual(rates[i - 1]!);
    }
  });
});

describe('fallOff', () => {
  it('is where one per cent more speed costs one per cent of throughput', () => {
    const front = buildFront(BLACKWELL, LLAMA);
    const edge = fallOff(front)!;
    const slope = (u: number): number =>
      Math.log(placeOn(front, u * 1.0001).tokensPerGpu / placeOn(front, u / 1.0001).tokensPerGpu) /
      Math.log(1.0001 ** 2);
    expect(slope(edge)).toBeCloseTo(-1, 3);
    expect(slope(edge * 0.9)).toBeGreaterThan(-1);
    expect(slope(edge * 1.1)).toBeLessThan(-1);
  });

  it('is the start of a segment that is steep throughout, and null where none is', () => {
    expect(fallOff(buildFront(BLACKWELL, LLAMA, [point(50, 400), point(60, 40)]))).toBe(50);
    expect(fallOff(buildFront(BLACKWELL, LLAMA, [point(50, 400), point(60, 390)]))).toBeNull();
    expect(fallOff(buildFront(BLACKWELL, LLAMA, [point(50, 400)]))).toBeNull();
  });
});

describe('segmentOf', () => {
  it('draws a power law as a straight line in log-log', () => {
    const segment = segmentOf('log-log', point(10, 1000), point(100, 10));
    expect(segment.rateAt(20)).toBeCloseTo(250, 9);
    expect(segment.steeperFrom(-1)).toBe(10);
    expect(segment.steeperFrom(-2.5)).toBeNull();
  });

  it('uses for each model the form that predicts left-out points better', () => {
    for (const model of ['llama-3.1-70b', 'deepseek-r1']) {
      const { frontForm } = findModel(model);
      const other = frontForm === 'square-root' ? 'log-log' : 'square-root';
      expect(leftOutError(model, frontForm)).toBeLessThan(leftOutError(model, other) / 3);
    }
  });
});

/** Median |log error| of inner points predicted from their neighbours. */
function leftOutError(model: string, form: 'square-root' | 'log-log'): number {
  const gpus = [...new Set(POINTS.map((p) => p.hardware))];
  const errors = gpus.flatMap((gpu) =>
    listFronts(gpu)
      .filter((front) => front.workload.model === model)
      .flatMap(({ points }) =>
        points.slice(1, -1).map((left, i) => {
          const predicted = segmentOf(form, points[i]!, points[i + 2]!).rateAt(left.tokensPerUser);
          return Math.abs(Math.log(left.tokensPerGpu / predicted));
        }),
      ),
  );
  return errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]!;
}
