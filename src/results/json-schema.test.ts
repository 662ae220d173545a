import Ajv2020 from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { resultJsonSchema } from './json-schema.ts';
import { resultFileSchema } from './schema.ts';
import { KERNEL_ID, sampleDecoderRow, sampleFile, sampleRow, sampleSession } from './testdata/sample-file.ts';
import fixture from './testdata/v1.json' with { type: 'json' };

/** Sets or, for undefined, removes the value at a path of a deep copy. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(good) as unknown as Record<string | number, unknown>;
  const parent = path.slice(0, -1).reduce((node, key) => node[key] as typeof copy, copy);
  if (value === undefined) delete parent[path.at(-1)!];
  else parent[path.at(-1)!] = value;
  return copy;
}

const good = sampleFile([sampleSession([sampleRow(KERNEL_ID, [1, 2, 3]), sampleDecoderRow()])]);
const row = ['sessions', 0, 'rows', 0] as const;
const corpus: [string, unknown, boolean][] = [
  ['a whole file', good, true],
  ['the committed file', fixture, true],
  ['no session yet', changed(['sessions'], []), true],
  ['an unknown key', changed(['environment', 'later'], { any: 1 }), true],
  ['a row without verification', changed([...row, 'verification'], undefined), true],
  ['a null quantum', changed(['sessions', 0, 'timer', 'quantumNs'], null), true],
  ['nothing', null, false],
  ['a list', [], false],
  ['another tool', changed(['tool', 'name'], 'other'), false],
  ['a newer version', changed(['schemaVersion'], 2), false],
  ['no environment', changed(['environment'], undefined), false],
  ['an unknown state', changed([...row, 'state'], 'fine'), false],
  ['an unknown warning', changed([...row, 'warnings'], [{ name: 'no-such-doubt' }]), false],
  ['a sample that is no number', changed([...row, 'metrics', 0, 'samples', 1], null), false],
  ['a negative count', changed([...row, 'metrics', 0, 'opsPerSample'], -1), false],
  ['half a core', changed(['environment', 'logicalCores'], 1.5), false],
  ['a fact that is a list', changed([...row, 'facts'], { ids: [1] }), false],
];

const ajv = new Ajv2020({ strict: false }).compile(resultJsonSchema());

it.each(corpus)('valibot and JSON Schema agree on %s', (_name, file, valid) => {
  expect({ valibot: v.is(resultFileSchema, file), jsonSchema: ajv(file) }).toEqual({
    valibot: valid,
    jsonSchema: valid,
  });
});

// `npm run schema` writes the file anew.
it('is published as it is', async () => {
  const text = `${JSON.stringify(resultJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../bench-results/result.schema.json');
});
