// Loads onnxruntime-web when first needed, from our own origin; the only file that imports it. Knows no model.
// Each provider has its own build: the plain wasm one is what a wasm user gets, and an independent reference for webgpu.
import { GraphBuilder } from '../../models/onnx/graph-builder.ts';
import { writeModel } from '../../models/onnx/writer.ts';
import { type ConsoleTap, withConsoleTap } from './console-tap.ts';

/** onnxruntime-web by provider, as case ids name it. */
export type OrtName = 'ort-webgpu' | 'ort-wasm';
export type Ort = typeof import('onnxruntime-web/wasm');
export type Session = import('onnxruntime-web/wasm').InferenceSession;
export type SessionOptions = import('onnxruntime-web/wasm').InferenceSession.SessionOptions;
export type Tensor = import('onnxruntime-web/wasm').Tensor;

const started = new WeakMap<Ort, Promise<ConsoleTap>>();

/** The build for a provider, instantiated: its wasm from our origin, as many threads as it would itself take. */
export async function loadRuntime(runtime: OrtName): Promise<Ort> {
  const [ort, assets] = runtime === 'ort-webgpu' ? await webgpuBuild() : await wasmBuild();
  let start = started.get(ort);
  if (!start) {
    start = instantiate(ort, assets);
    started.set(ort, start);
  }
  await start;
  return ort;
}

/** What a loaded runtime prints, its profile above all. */
export async function consoleTapOf(ort: Ort): Promise<ConsoleTap> {
  const tap = await started.get(ort);
  if (!tap) throw new Error('this runtime was not loaded by loadRuntime');
  return tap;
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

/** Opens and closes a session of one node: the only way this runtime offers to start its wasm module. */
async function instantiate(ort: Ort, assets: WasmAssets): Promise<ConsoleTap> {
  const { wasm } = ort.env;
  if (wasm.wasmBinary === undefined) wasm.wasmPaths ??= assets;
  wasm.numThreads ??= threadCount();
  wasm.proxy = false;
  const graph = new GraphBuilder('nothing', 20);
  graph.input('x', 'float32', [1]);
  graph.rename(graph.node('identity', 'Identity', ['x']), 'y');
  graph.output('y', 'float32', [1]);
  return withConsoleTap(async () => {
    const { model } = await writeModel(graph.finish());
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['wasm'],
    });
    await session.release();
  });
}

/** onnxruntime-web's own rule (backend-wasm.ts): half the logical cores up to 4, one without cross-origin isolation. */
function threadCount(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2));
}

/** The adapter the webgpu provider computes on, once a session is open; null where the runtime does not tell. */
export async function adapterOf(ort: {
  readonly env: { readonly webgpu?: { readonly device: unknown } };
}): Promise<string | null> {
  const device = (await ort.env.webgpu?.device) as GPUDevice | undefined;
  if (!device?.adapterInfo) return null;
  const { vendor, architecture, device: name } = device.adapterInfo;
  return [vendor, architecture, name].filter((part) => part !== '').join(' ');
}
