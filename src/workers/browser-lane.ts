// The decoder runtimes a browser's worker has. Each is loaded when the first case of it runs.
import type { ModelRuntime } from '../../models/decoder-cases.ts';
import { fetchTiny } from '../../models/tiny/open-tiny.ts';
import { limitReason } from '../onnx/limits.ts';
import type { AdapterFacts } from '../onnx/requests.ts';
import { configOf } from '../session/decoder-model.ts';
import type { DecoderLane } from '../session/decoder-runtimes.ts';
import type { Machine } from '../session/machine.ts';

export function browserLane(): DecoderLane {
  return {
    openTiny: fetchTiny,
    missing: (runtime: ModelRuntime) => (runtime === 'wgsl' ? 'the engine is not here yet' : null),
    limit: (item, machine) =>
      item.runtime === 'wgsl'
        ? null
        : limitReason({ ...item, runtime: item.runtime, config: configOf(item), adapter: adapterFacts(machine) }),
    prepare: async (item, model) => {
      if (item.runtime === 'wgsl') throw new Error('the engine is not here yet');
      const { prepareOrt } = await import('./ort-decoders.ts');
      return prepareOrt(item.runtime, item, model);
    },
  };
}

export function adapterFacts({ device }: Machine): AdapterFacts {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  return { maxBufferSize, maxStorageBufferBindingSize, features: [...device.features] };
}
