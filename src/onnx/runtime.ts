// Loads onnxruntime-web when first needed, from our own origin; the only file that imports it. Knows no model.
// Each provider has its own build: the plain wasm one is what a wasm user gets, and an independent reference for webgpu.
import type { ModelRuntime } from '../../models/decoder-cases.ts';

export type Ort = typeof import('onnxruntime-web/wasm');
export type Session = import('onnxruntime-web/wasm').InferenceSession;
export type SessionOptions = import('onnxruntime-web/wasm').InferenceSession.SessionOptions;
export type Tensor = import('onnxruntime-web/wasm').Tensor;

/** The build for a provider, its wasm served from this page's origin, with as many threads as the runtime itself would take. */
export async function loadRuntime(runtime: ModelRuntime): Promise<Ort> {
  const [ort, assets] = runtime === 'ort-webgpu' ? await webgpuBuild() : await wasmBuild();
  const { wasm } = ort.env;
  if (wasm.wasmBinary === undefined) wasm.wasmPaths ??= assets;
  wasm.numThreads ??= threadCount();
  wasm.proxy = false;
  return ort;
}

interface WasmAssets {
  readonly mjs: string;
  readonly wasm: string;
}

async function webgpuBuild(): Promise<[Ort, WasmAssets]> {
  const [ort, assets] = await Promise.all([import('onnxruntime-web/webgpu'), import('./webgpu-assets.ts')]);
  return [ort, assets.webgpuAssets];
}

async function wasmBuild(): Promise<[Ort, WasmAssets]> {
  const [ort, assets] = await Promise.all([import('onnxruntime-web/wasm'), import('./wasm-assets.ts')]);
  return [ort, assets.wasmAssets];
}

/** onnxruntime-web's own rule (backend-wasm.ts): half the logical cores up to 4, one without cross-origin isolation. */
function threadCount(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2));
}

/** Runtime names and versions, for the environment record. */
export async function listRuntimes(): Promise<Record<string, string>> {
  const { env } = await loadRuntime('ort-wasm');
  return { 'onnxruntime-web': env.versions.web ?? env.versions.common };
}
