import { expect, it } from 'vitest';
import { sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { formatTuningText } from './text-tuning.ts';
import type { Tuning } from './tuning.ts';

const ID = 'kernel/matmul/tuned:m=8;n=8;k=8;type=f32';
const own = (variant: string, point = '') => `kernel/matmul/${variant}:m=8;n=8;k=8;type=f32${point}`;
const tuning: Tuning = {
  chosen: own('register', ';wx=16'),
  from: 'race',
  seconds: 3.2,
  ended: 'deadline',
  candidates: [
    { id: own('naive'), state: 'slower', trialNs: 4000 },
    { id: own('tiled'), state: 'wrong', reason: 'disagrees with its f64 reference: 0 1 2\nmore' },
    {
      id: own('register'),
      state: 'equal',
      trialNs: 1100,
      timeNs: 1004,
      blocks: 9,
      ratio: 1.004,
      ratioLo: 1.001,
      ratioHi: 1.007,
    },
    { id: own('register', ';wx=16'), state: 'chosen', trialNs: 1000, timeNs: 1000, blocks: 9, ratio: 1 },
    { id: own('register', ';wx=32'), state: 'untried', reason: 'no time left' },
    { id: own('matrix'), state: 'illegal', reason: 'needs the feature x' },
  ],
};

it('shows every candidate, the chosen first, with times, ratios and reasons', () => {
  const file = sampleFile([sampleSession([sampleRow(ID, [1000], { tuning })])]);
  expect(formatTuningText(file)).toBe(
    [
      ID,
      'register wx=16: fastest of 4 of 5 candidates tried in 3.20 s, the time ran out before all were told apart',
      '  kernel           outcome              time   over the chosen [90 %]',
      '  register wx=16   chosen            1.00 µs',
      '  register         same within 1 %   1.00 µs     1.004 [1.001, 1.007]',
      '  naive            slower            4.00 µs               about 4.00',
      '  tiled            wrong             disagrees with its f64 reference: 0 1 2',
      '  register wx=32   not tried         no time left',
      '  matrix           cannot run here   needs the feature x',
    ].join('\n'),
  );
});

it('says which session a choice is of, that it was remembered, and that there is none', () => {
  const rows = [sampleRow(ID, [1], { tuning: { ...tuning, from: 'memory', ended: 'confident', candidates: [] } })];
  const text = formatTuningText(sampleFile([sampleSession(rows), sampleSession([])]));
  expect(text).toContain(`${ID} (session 1)`);
  expect(text).toContain('told apart from every other; remembered from an earlier run');
  expect(formatTuningText(sampleFile([]))).toBe('no tuned case in this file');
});
