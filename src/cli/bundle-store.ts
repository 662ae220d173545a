// Result files of several devices in one file on disk, each growing on its own; after every step the whole is valid.
import { buildInfo } from '../core/build-info.ts';
import { packFiles } from '../results/bundle.ts';
import type { ResultFile } from '../results/schema.ts';
import type { ResultStore } from './result-store.ts';
import { writeAtomically } from './result-store.ts';

export interface BundleStore {
  /** A store for one more device. Devices stand in the bundle in the order in which they were opened. */
  openDevice(): ResultStore;
}

/** `path` is absolute. With one device only, what is written is that device's plain result file. */
export function openBundleStore(path: string): BundleStore {
  const files: ResultFile[] = [];
  let devices = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    openDevice() {
      const place = devices++;
      return {
        path,
        save(file) {
          files[place] = file;
          // Serialised now: the caller goes on changing its sessions.
          const text = `${JSON.stringify(packFiles(files.filter(Boolean)), null, 1)}\n`;
          last = last.catch(() => {}).then(() => writeAtomically(path, text));
          return last;
        },
      };
    },
  };
}

/** `devices_1a2b3c4_2026-11-22T21-50-56.json`, like a single file's name but for the adapter's. */
export function bundleFileName(createdAt: string): string {
  const commit = buildInfo.commit?.slice(0, 7) ?? buildInfo.version;
  return `devices_${commit}${buildInfo.dirty ? '-dirty' : ''}_${createdAt.slice(0, 19).replaceAll(':', '-')}.json`;
}
