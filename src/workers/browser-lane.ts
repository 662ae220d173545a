// The decoder runtimes a browser's worker has. Each is loaded when the first case of it runs.
import { graphLacks } from '../../models/onnx/decoder-graph.ts';
import { fetchTiny } from '../../models/tiny/open-tiny.ts';
import { limitReason } from '../onnx/limits.ts';
import type { AdapterFacts } from '../onnx/requests.ts';
import type { DecoderLane } from '../session/decoder-runtimes.ts';
import type { Machine } from '../session/machine.ts';
import { wgslLimit } from '../session/wgsl-limit.ts';

export function browserLane(): DecoderLane {
  return {
    openTiny: fetchTiny,
    missing: () => null,
    limit: (item, config, machine) => {
      const { runtime, type } = item;
      if (runtime === 'wgsl') return wgslLimit(item, config, machine);
      if (type === 'int8') return 'our ONNX graphs have no int8';
      const lacking = graphLacks(config);
      if (lacking) return `our ONNX graphs have no ${lacking}`;
      return limitReason({ ...item, runtime, config, adapter: adapterFacts(machine) });
    },
    prepare: async (item, model, { device }) => {
      if (item.runtime === 'wgsl') {
        const { prepareWgsl } = await import('../session/wgsl-decoder.ts');
        return {
          ...(await prepareWgsl(item, model, device)),
          reference: async (request) => (await import('./ort-decoders.ts')).wasmReferenceOf(model, request),
        };
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
