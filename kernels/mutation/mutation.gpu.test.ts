// Plants faults in the kernels' and the decoder engine's sources, one at a time, and runs the room's own GPU tests on each: the
// share they notice says how strong they are. `npm run mutate` plants all; a plain test run plants a few, spread over the list.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attentionFaults } from './attention-faults.test-support.ts';
import { engineAttentionFaults } from './engine-attention-faults.test-support.ts';
import { engineFaults } from './engine-faults.test-support.ts';
import type { Fault } from './fault.test-support.ts';
import { matmulFaults } from './matmul-faults.test-support.ts';
import { rowFaults } from './row-faults.test-support.ts';
import { openSuiteRunner, type SuiteRunner } from './suite.test-support.ts';
import { vectorFaults } from './vector-faults.test-support.ts';

const FAULTS: readonly Fault[] = [
  ...rowFaults,
  ...matmulFaults,
  ...attentionFaults,
  ...vectorFaults,
  ...engineAttentionFaults,
  ...engineFaults,
];
const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const WANTED_SHARE = 0.95;
const ALL = process.env.FLEETMARK_MUTATE === 'all';
/** Every so many faults of the list stand for the rest in a plain run. */
const STRIDE = 3;

let suites: SuiteRunner;
beforeAll(async () => {
  suites = await openSuiteRunner(ROOT);
});
afterAll(() => suites.close());

function suiteOf({ suite, file }: Fault): string {
  const [, family] = file.split('/');
  return suite ?? `kernels/${family}/${family}.gpu.test.ts`;
}

/** The file with the fault in it. Throws unless what is to be replaced stands there exactly once. */
function planted({ name, file, find, replace }: Fault): string {
  const text = readFileSync(`${ROOT}/${file}`, 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${name}: '${find}' stands ${places} times in ${file}, not once`);
  return text.replace(find, () => replace);
}

it('every fault still applies, under a name of its own', () => {
  for (const fault of FAULTS) expect(planted(fault)).not.toBe('');
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});

it('every fault is tried on tests that there are', async () => {
  const names = new Map<string, readonly string[]>();
  for (const suite of new Set(FAULTS.map(suiteOf))) names.set(suite, await suites.names(suite));
  const untried = FAULTS.filter(
    (fault) => !names.get(suiteOf(fault))!.some((name) => name.includes(fault.tests ?? '')),
  );
  expect(untried.map(({ name, tests }) => `${name}: ${tests}`)).toEqual([]);
}, 60_000);

it('the untouched sources pass, so that a failure is the fault’s', async () => {
  const { caught, ran } = await suites.run('kernels/swiglu/swiglu.gpu.test.ts', '', null);
  expect(caught).toBeNull();
  expect(ran).toBeGreaterThan(5);
});

it(`the tests notice at least ${100 * WANTED_SHARE} % of the faults`, async () => {
  const only = process.env.FLEETMARK_MUTATE_ONLY;
  const chosen = ALL
    ? FAULTS.filter(({ name }) => !only || new RegExp(only).test(name))
    : FAULTS.filter((_, i) => i % STRIDE === 0);
  const survivors: string[] = [];
  for (const fault of chosen) {
    const edit = { file: fault.file, text: planted(fault) };
    const { caught, ran } = await suites.run(suiteOf(fault), fault.tests ?? '', edit);
    if (!caught) survivors.push(fault.name);
    const outcome = caught ? `caught    ${caught.test}` : `SURVIVED  all ${ran} tests`;
    if (ALL) process.stdout.write(`${fault.name.padEnd(64)} ${outcome}\n`);
  }
  const share = 1 - survivors.length / chosen.length;
  if (ALL) process.stdout.write(`${chosen.length} faults, ${(100 * share).toFixed(1)} % caught\n`);
  expect(share, `survivors: ${survivors.join('; ')}`).toBeGreaterThanOrEqual(WANTED_SHARE);
}, 1_800_000);
