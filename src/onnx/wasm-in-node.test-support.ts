// Makes onnxruntime-web's wasm build run under Node, for unit tests: its own loader fetches, which Node refuses for files.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Call before the first session. */
export async function prepareNodeRuntime(): Promise<typeof import('onnxruntime-web/wasm')> {
  const ort = await import('onnxruntime-web/wasm');
  const path = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  ort.env.wasm.wasmBinary = readFileSync(path);
  ort.env.wasm.numThreads = 1;
  return ort;
}
