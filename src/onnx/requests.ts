// What can be asked of the ONNX path, as plain data that crosses a worker boundary. Knows no runtime object.

import type { ExternalFile } from '../../models/onnx/writer.ts';
import type { OrtName } from './runtime.ts';

/** What the adapter can hold and do, as the harness found it; null where there is no adapter (wasm still runs). */
export interface AdapterFacts {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly features: readonly string[];
}

export interface ModelFileRequest {
  /** Shown in messages and facts. */
  readonly name: string;
  readonly bytes: ArrayBuffer;
  /** The separate files of its weights, by the names the model gives them. */
  readonly external: readonly ExternalFile[];
  readonly runtime: OrtName;
  /** Values of symbolic dimensions, by name. */
  readonly dims: Readonly<Record<string, number>>;
  /** Timed runs of a plain model, or warm generations of a decoder; 0 chooses. */
  readonly repeats: number;
  readonly seed: number;
  readonly adapter: AdapterFacts | null;
}
