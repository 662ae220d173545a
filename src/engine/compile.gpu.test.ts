// Every shader of the engine compiles in the forms real GPUs get, for the shapes of published models, within the limits that
// every device has: on Dawn's null backend, which runs nothing but validates all.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guaranteedCaps } from '../../kernels/common/test-caps.test-support.ts';
import type { DeviceCaps } from '../../kernels/family.ts';
import { type DecoderConfig, findDecoder } from '../../models/decoders.ts';
import { seededWeights } from '../../models/onnx/seeded-weights.ts';
import { openDawn } from '../native/dawn.ts';
import { Decoder } from './decoder.ts';
import { type DeviceForm, formFor } from './form.ts';

let device: GPUDevice;
/** Held on to: Dawn crashes the process when the instance is collected while its device lives. */
let gpu: GPU;
beforeAll(async () => {
  await openDawn().then((opened) => opened.device.destroy());
  const { create } = await import('webgpu');
  gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
  device = await (await gpu.requestAdapter())!.requestDevice({ requiredFeatures: ['subgroups'] });
});
afterAll(() => device.destroy());

/** Heads as published, for they shape the shaders; the rest small, for it only fills memory. */
function small(name: string): DecoderConfig {
  const config = findDecoder(name);
  const { experts, slidingWindow } = config;
  return {
    ...config,
    ...{ layers: 1, hidden: 96, intermediate: 96, vocab: 96 },
    experts: experts && { ...experts, count: 8, intermediate: 96 },
    slidingWindow: slidingWindow && { ...slidingWindow, layers: [true] },
  };
}

const formOf = (changes: Partial<DeviceCaps>): DeviceForm => formFor(guaranteedCaps(changes), false);
const FORMS: Readonly<Record<string, DeviceForm>> = {
  'subgroups of 32': formOf({ subgroupMinSize: 32, subgroupMaxSize: 32 }),
  'subgroups of 8 to 32': formOf({ subgroupMinSize: 8, subgroupMaxSize: 32 }),
  'no subgroups': formOf({ features: new Set() }),
};

it.each(Object.keys(FORMS))('on a GPU with %s', async (name) => {
  for (const model of [
    'smollm2-135m',
    'llama-3.2-1b',
    'qwen2.5-0.5b',
    'qwen3-0.6b',
    'olmoe-1b-7b',
    'gpt-oss-20b',
    'qwen3-30b-a3b',
  ]) {
    const source = seededWeights(small(model), 'f32', 1);
    for (const weightType of ['f32', 'f16', 'int8', 'int4'] as const) {
      for (const batch of [1, 32]) {
        const cacheType = batch === 1 ? 'f32' : 'f16';
        const settings = {
          weightType,
          cacheType,
          batch,
          maxContext: 256,
          promptChunk: 64,
          form: FORMS[name]!,
        } as const;
        const decoder = await Decoder.open(device, source, settings);
        expect(decoder.dispatchesPerToken(256)).toBeGreaterThan(0);
        decoder.close();
        expect(decoder.bytesHeld).toBe(0);
      }
    }
  }
});
