import { expect, it } from 'vitest';
import { formatTuneChecks, type TuneCheckFigures } from './text-tune-check.ts';

const id = 'kernel/matmul/tuned:m=8;type=f32';
const own = (point: string) => `kernel/matmul/register:m=8;type=f32;${point}`;
const check = (changes: Partial<TuneCheckFigures> = {}): TuneCheckFigures => ({
  id,
  table: { chosen: own('wx=8'), seconds: 3.21, candidates: [] },
  swept: 12,
  sweepSeconds: 40,
  best: own('wx=8'),
  ratio: 1,
  interval: null,
  ...changes,
});

it('passes choices within five percent in time, and shows both kernels', () => {
  const near = check({ best: own('wx=16'), ratio: 1.02, interval: { lo: 1.01, hi: 1.03 } });
  const { text, passed } = formatTuneChecks([check(), near]);
  expect(passed).toBe(true);
  expect(text.split('\n').slice(1)).toEqual([
    `${id}   register wx=8    the same                           1.000       3.2 s   12 in 40 s`,
    `${id}   register wx=8    register wx=16      1.020 [1.010, 1.030]       3.2 s   12 in 40 s`,
    '2 of 2 within 5 % of the exhaustive best in time; worst 1.020',
  ]);
});

it('fails a choice that is slower, or late, or none', () => {
  const late = { ...check().table, seconds: 9 };
  for (const bad of [check({ ratio: 1.06 }), check({ table: late }), check({ ratio: Number.POSITIVE_INFINITY })]) {
    expect(formatTuneChecks([check(), bad]).passed).toBe(false);
  }
});
