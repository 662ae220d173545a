// predict over points that nobody wrote by hand: measured ones with names spelt otherwise and fields missing or out of all
// reason. Always an answer whose intervals hold one another, or a reason; never an exception, never what is no number.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';
import { ACCELERATORS, ARCHITECTURES, findAccelerator, findArchitecture } from './catalogue.ts';
import { measuredPoints, parsePoints } from './points.ts';
import { predictPoints } from './predict.ts';
import { findLpu } from './single-stream.ts';

const calibration = calibrate(measuredPoints());
const measured = measuredPoints();
const QUANTITIES = ['tpot_ms', 'tok_s_per_gpu', 'tok_s_per_user'] as const;
const OUTCOMES = ['tpot_ms', 'ttft_ms', 'tok_s_per_gpu', 'tok_s_per_user', 'prefill_tok_s_pp512'] as const;

const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name.toUpperCase(),
  (name) => name.replace(/[-_ ]/g, ' '),
  (name) => name.replace(/[-_ ]/g, '_'),
  (name) => name.replace(/[-_ ]/g, ''),
  (name) => `  ${name} `,
];

it('finds every name of the data in any spelling, and keeps names apart', () => {
  for (const { hardware, model } of measured) {
    for (const spell of SPELLINGS) {
      // The one name in which maker, memory and board run together beyond telling.
      if (spell(hardware) !== '[MAXSUN]MSIntelArcProB60Dual48GTurbo')
        expect(findAccelerator(spell(hardware)) ?? findLpu(spell(hardware)), spell(hardware)).toBeDefined();
      expect(findArchitecture(spell(model)), spell(model)).toBe(findArchitecture(model));
    }
  }
  for (const chip of ACCELERATORS) expect(findAccelerator(chip.name)).toBe(chip);
  for (const model of ARCHITECTURES) {
    for (const name of [model.name, ...model.aliases]) {
      for (const form of [name, `org/${name}`, `${name}-Instruct-FP8`, `${name}.gguf`, `${name} Q4_K_M`])
        expect(findArchitecture(form), form).toBe(model);
    }
  }
  for (const other of ['deepseek-r1-distill-llama-70b', 'llama-3.1-71b', 'qwen3-next-80b-a3b', 'gpt-oss'])
    expect(findArchitecture(other)).toBeUndefined();
});

const odd = fc.constantFrom<unknown>(
  ...[0, -1, 1e-9, 1, 3, 7, 1e3, 1e5, 1e7, 1e12, '8', 'max load', '', null, NaN, Infinity, [], {}, true, '1,024'],
);
const words = fc.constantFrom<unknown>(
  ...['', 'offline', 'Server', 'interactive', 'something else', 'fp4', 'int4', 'mxfp4', 'q4_0', 'w4a16', null, 5],
  ...['TTFT<=2000ms/TPOT<=80ms', 'TTFT<=0ms/TPOT<=0ms', '90 tok/s/user', '0 tok/s/user', 'tg128', 'pp512'],
  ...['tokens/s/MW', 'time to first token', 'disaggregated', 'sglang', '2030-01-01', '1999', 'not a date'],
);
const change = fc.oneof(
  fc.tuple(fc.constantFrom('gpus', 'concurrency', 'isl', 'osl', 'tp', 'attention_dp'), odd),
  fc.tuple(fc.constantFrom('precision', 'backend', 'scenario', 'metric', 'slo', 'date', 'note'), words),
  fc.tuple(fc.constantFrom('gpus', 'isl', 'osl', 'precision', 'metric', 'scenario', 'slo'), fc.constant(undefined)),
);
const question = fc
  .tuple(
    fc.constantFrom(...measured),
    fc.constantFrom(...SPELLINGS),
    fc.constantFrom(...SPELLINGS),
    fc.array(change, { maxLength: 4 }),
  )
  .map(([point, hardware, model, changes]) => {
    const blind = Object.fromEntries(Object.entries(point).filter(([key]) => !OUTCOMES.includes(key as never)));
    return {
      ...blind,
      hardware: hardware(point.hardware),
      model: model(point.model),
      ...Object.fromEntries(changes),
      id: 'x',
    };
  });

it('answers any point or says why', () => {
  let answered = 0;
  fc.assert(
    fc.property(question, (point) => {
      const [prediction, ...more] = predictPoints(parsePoints([point], 'test'), calibration);
      expect(more).toEqual([]);
      expect(prediction!.id).toBe('x');
      const given = QUANTITIES.flatMap((quantity) => prediction![quantity] ?? []);
      if (given.length === 0) expect(prediction!.reason).toMatch(/\w+ \w+/);
      else answered++;
      for (const { p50, i50, i80, i95 } of given) {
        const inOrder = [i95[0], i80[0], i50[0], p50, i50[1], i80[1], i95[1]];
        expect(inOrder.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
        expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
      }
    }),
    { numRuns: 3000 },
  );
  expect(answered).toBeGreaterThan(500);
});
