// The decoder runtimes a browser's worker has. Each is loaded when the first case of it runs.
import { fetchTiny } from '../../models/tiny/open-tiny.ts';
import { limitReason } from '../onnx/limits.ts';
import type { AdapterFacts } from '../onnx/requests.ts';
import { configOf } from '../session/decoder-model.ts';
import type { DecoderLane } from '../session/decoder-runtimes.ts';
import type { Machine } from '../session/machine.ts';
import { wgslLimit } from '../session/wgsl-limit.ts';

export function browserLane(): DecoderLane {
  return {
    openTiny: fetchTiny,
    missing: () => null,
    limit: (item, machine) =>
      item.runtime === 'wgsl'
        ? wgslLimit(item, machine)
        : limitReason({ ...item, runtime: item.runtime, config: configOf(item), adapter: adapterFacts(machine) }),
    prepare: async (item, model, { device }) => {
      if (item.runtime === 'wgsl') {
        const { prepareWgsl } = await import('../session/wgsl-decoder.ts');
        return prepareWgsl(item, model, device);
      }
      const { prepareOrt } = await import('./ort-decoders.ts');
      return prepareOrt(item.runtime, item, model);
    },
  };
}

export function adapterFacts({ device }: Machine): AdapterFacts {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  return { maxBufferSize, maxStorageBufferBindingSize, features: [...device.features] };
}
