// The decoder runtimes a browser's worker has. Each is loaded when the first case of it runs.
import { installCommand, isExtra, onnxProvider } from '../../models/decoder-cases.ts';
import { graphLacks } from '../../models/onnx/decoder-graph.ts';
import { fetchTiny } from '../../models/tiny/open-tiny.ts';
import { HELDOUT_CONTEXT } from '../../models/tiny/tiny-config.ts';
import { limitReason } from '../onnx/limits.ts';
import type { AdapterFacts } from '../onnx/requests.ts';
import type { DecoderLane } from '../session/decoder-runtimes.ts';
import type { Machine } from '../session/machine.ts';
import { wgslLimit } from '../session/wgsl-limit.ts';
import type { InstalledExtras } from './extras/installed.ts';

export function browserLane(extras: InstalledExtras = {}): DecoderLane {
  return {
    openTiny: fetchTiny,
    heapBytes: () => null,
    missing: (runtime) =>
      isExtra(runtime) && !extras[runtime] ? `not installed: ${installCommand(runtime)}, then run again` : null,
    limit: (item, config, machine) => {
      const { runtime, type } = item;
      if (runtime === 'wgsl') return wgslLimit(item, config, machine);
      const provider = onnxProvider(runtime);
      if (!provider) return null;
      if (type === 'int8') return 'our ONNX graphs have no int8';
      const lacking = graphLacks(config);
      if (lacking) return `our ONNX graphs have no ${lacking}`;
      return limitReason({ ...item, runtime: provider, config, adapter: adapterFacts(machine) });
    },
    prepare: async (item, model, { device }) => {
      if (item.runtime === 'wgsl') {
        const { prepareWgsl } = await import('../session/wgsl-decoder.ts');
        return {
          ...(await prepareWgsl(item, model, device)),
          reference: async (request) => (await import('./ort-decoders.ts')).wasmReferenceOf(model, request),
        };
      }
      if (item.runtime === 'transformers.js') {
        const { prepareTransformers } = await import('./extras/transformers-decoder.ts');
        return prepareTransformers(item, model, extras[item.runtime]!);
      }
      if (item.runtime === 'wllama') {
        const { prepareWllama } = await import('./extras/wllama-decoder.ts');
        const longest = item.heldout === 1 ? HELDOUT_CONTEXT + 1 : 0;
        return prepareWllama(model, Math.max(longest, item.prompt + item.newTokens), extras[item.runtime]!);
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
