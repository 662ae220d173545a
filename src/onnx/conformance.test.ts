// Every stored ONNX test case on the wasm provider. On webgpu they need a browser: see the conformance command.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { type ConformanceCase, runConformance } from './conformance.ts';
import { prepareNodeRuntime } from './wasm-in-node.test-support.ts';

// Starting a session takes seconds when other work has the cores.
vi.setConfig({ testTimeout: 120_000 });
await prepareNodeRuntime();

const root = new URL('../../models/onnx/conformance/', import.meta.url);
const bytes = (path: string): ArrayBuffer => Uint8Array.from(readFileSync(new URL(path, root))).buffer;

function nodeCase(name: string): ConformanceCase {
  const data = `node/${name}/test_data_set_0/`;
  const files = readdirSync(new URL(data, root)).sort();
  const starting = (prefix: string): ArrayBuffer[] =>
    files.filter((file) => file.startsWith(prefix)).map((file) => bytes(data + file));
  return { name, model: bytes(`node/${name}/model.onnx`), inputs: starting('input'), outputs: starting('output') };
}

function lightCase(file: string): ConformanceCase {
  const outputs = [bytes(`light/${file.replace('.onnx', '_output_0.pb')}`)];
  return { name: file, model: bytes(`light/${file}`), inputs: null, outputs };
}

const cases = [
  ...readdirSync(new URL('node/', root)).map(nodeCase),
  ...readdirSync(new URL('light/', root))
    .filter((file) => file.endsWith('.onnx'))
    .map(lightCase),
];

describe('conformance on wasm', () => {
  it('finds the 32 stored cases', () => {
    expect(cases).toHaveLength(32);
  });

  it.each(cases.map((item) => [item.name, item] as const))('%s', async (name, item) => {
    const { state, detail } = await runConformance(item, 'wasm');
    if (name.startsWith('test_swiglu')) {
      expect(detail).toBe(`${name}: uses operator set 28 of ai.onnx; onnxruntime-web 1.30.0 supports up to 26`);
      expect(state).toBe('skipped');
    } else {
      expect(`${state}: ${detail}`).toMatch(/^passed: \d+ values in \d outputs?, largest error [\d.e-]+$/);
    }
  });

  it('a wrong expected value fails and says where', async () => {
    const item = nodeCase('test_matmul_2d');
    const wrong = new Uint8Array(item.outputs[0]!.slice(0));
    wrong[wrong.length - 1]! ^= 0x80;
    const { state, detail } = await runConformance({ ...item, outputs: [wrong.buffer] }, 'wasm');
    expect(state).toBe('failed');
    expect(detail).toMatch(/: at \[2, 2\] .*allowed 0\.00001/);
  });

  it('a truncated model fails with the file named, before the runtime sees it', async () => {
    const item = nodeCase('test_matmul_2d');
    const { state, detail } = await runConformance({ ...item, model: item.model.slice(0, 60) }, 'wasm');
    expect(state).toBe('failed');
    expect(detail).toMatch(/^test_matmul_2d: cut short/);
  });
});
