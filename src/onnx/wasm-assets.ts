// Addresses of the CPU-only wasm build, as the bundler places it on our own origin.
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

export const wasmAssets = { mjs, wasm };
