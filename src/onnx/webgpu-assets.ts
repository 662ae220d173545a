// Addresses of the wasm build that holds the webgpu provider, as the bundler places it on our own origin.
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';

export const webgpuAssets = { mjs, wasm };
