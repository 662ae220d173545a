// The decoder runtimes that need no browser: this project's engine alone.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openTiny } from '../../models/tiny/open-tiny.ts';
import type { DecoderLane } from '../session/decoder-runtimes.ts';
import { prepareWgsl } from '../session/wgsl-decoder.ts';
import { wgslLimit } from '../session/wgsl-limit.ts';
import { openFileSource } from './file-source.ts';

export function nativeLane(): DecoderLane {
  return {
    openTiny: async () => openTiny(await openFileSource(packageFile('models/tiny/model.safetensors'))),
    heapBytes: () => process.memoryUsage().heapUsed,
    missing: (runtime) => (runtime === 'wgsl' ? null : `${runtime} runs in a browser: leave out --lane native`),
    limit: wgslLimit,
    prepare: (item, model, { device }) => prepareWgsl(item, model, device),
  };
}

/** A file of the package, looked for upwards from here: this code lies deeper in the built command line than in the sources. */
function packageFile(path: string): string {
  let folder = new URL('./', import.meta.url);
  for (;;) {
    const candidate = fileURLToPath(new URL(path, folder));
    const parent = new URL('../', folder);
    if (existsSync(candidate) || parent.href === folder.href) return candidate;
    folder = parent;
  }
}
