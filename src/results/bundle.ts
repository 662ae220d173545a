// A bundle: result files of several devices or builds in one JSON, each whole and unchanged. One result file is one device
// and build; what must not be mixed stays apart inside a bundle. Knows no disk.
import type { ResultFile } from './schema.ts';

export const BUNDLE_NAME = 'fleetmark.bundle';
/** Of the envelope; each file inside carries its own format. */
export const BUNDLE_VERSION = 1;

export interface Bundle {
  readonly schema: typeof BUNDLE_NAME;
  readonly schemaVersion: typeof BUNDLE_VERSION;
  readonly files: readonly ResultFile[];
}

/** One file stands for itself; more become a bundle. */
export function packFiles(files: readonly ResultFile[]): ResultFile | Bundle {
  return files.length === 1 ? files[0]! : { schema: BUNDLE_NAME, schemaVersion: BUNDLE_VERSION, files };
}
