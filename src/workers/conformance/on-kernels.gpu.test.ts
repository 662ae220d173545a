import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenedDawn, openDawn } from '../../native/dawn.ts';
import type { ConformanceCase } from '../../onnx/conformance.ts';
import { runOnKernels } from './on-kernels.ts';

const NODES = fileURLToPath(new URL('../../../models/onnx/conformance/node/', import.meta.url));

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

function readCase(name: string): ConformanceCase {
  const read = (...parts: string[]): ArrayBuffer => Uint8Array.from(readFileSync(join(NODES, name, ...parts))).buffer;
  const files = readdirSync(join(NODES, name, 'test_data_set_0')).sort();
  const tensors = (stem: string) =>
    files.filter((file) => file.startsWith(stem)).map((file) => read('test_data_set_0', file));
  return { name, model: read('model.onnx'), inputs: tensors('input'), outputs: tensors('output') };
}

it.each(readdirSync(NODES).filter((name) => name.startsWith('test_')))('%s', async (name) => {
  const { state, detail } = await runOnKernels(opened.device, readCase(name));
  expect([state, detail]).toEqual(['passed', expect.any(String)]);
});

it('a wrong expectation fails, and says which variant and where', async () => {
  const [right, other] = [readCase('test_softmax_example'), readCase('test_rms_normalization_2d_axis1')];
  expect(await runOnKernels(opened.device, { ...right, outputs: other.outputs })).toMatchObject({
    state: 'failed',
    detail: expect.stringMatching(/^softmax\/naive: output_0: has shape \[1,3\], expected \[3,4\]/),
  });
});

it('a case whose input is made, a network, is skipped', async () => {
  const { state, detail } = await runOnKernels(opened.device, { ...readCase('test_softmax_example'), inputs: null });
  expect([state, detail]).toEqual(['skipped', 'a network of 1 nodes']);
});
