import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findConformanceCases } from './conformance-cases.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
}

it('finds operator cases with inputs in numeric order, and whole networks without inputs', async () => {
  const inputs = Array.from({ length: 11 }, (_, i) => `node/test_a/test_data_set_0/input_${i}.pb`);
  await put('node/test_a/model.onnx', 'node/test_a/test_data_set_0/output_0.pb', ...inputs);
  await put('light/light_net.onnx', 'light/light_net_output_0.pb', 'light/light_network_output_0.pb', 'README.md');
  expect(await findConformanceCases(folder)).toEqual([
    {
      name: 'node/test_a',
      model: 'node/test_a/model.onnx',
      inputs,
      outputs: ['node/test_a/test_data_set_0/output_0.pb'],
    },
    { name: 'light/light_net', model: 'light/light_net.onnx', inputs: null, outputs: ['light/light_net_output_0.pb'] },
  ]);
});

it('makes a case of each data set', async () => {
  await put('node/a/model.onnx', 'node/a/test_data_set_0/output_0.pb', 'node/a/test_data_set_1/output_0.pb');
  expect((await findConformanceCases(folder)).map((item) => item.name)).toEqual([
    'node/a/test_data_set_0',
    'node/a/test_data_set_1',
  ]);
});

it('finds cases in a folder of its own beside other kinds', async () => {
  await put('onnx/node/a/model.onnx', 'onnx/node/a/test_data_set_0/output_0.pb', 'gguf/a.gguf');
  expect(await findConformanceCases(folder)).toEqual([
    {
      name: 'onnx/node/a',
      model: 'onnx/node/a/model.onnx',
      inputs: [],
      outputs: ['onnx/node/a/test_data_set_0/output_0.pb'],
    },
  ]);
});

it('finds nothing in a folder without a case', async () => {
  await put('node/a/README.md');
  expect(await findConformanceCases(folder)).toEqual([]);
});
