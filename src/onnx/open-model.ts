// Opens a session for a model file that may be anything: the structure is read first, and a refusal says in one line what
// the file has and what the runtime supports. Knows no inputs.
import { inspectModel, type ModelInfo } from '../../models/onnx/reader.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { Ort, Session, SessionOptions } from './runtime.ts';

/** The model uses an operator set this runtime does not read. */
export class OpsetError extends UserError {}

/** Reads the structure; a UserError names the file when it is no model or its weights lie elsewhere. */
export function checkModelFile(bytes: Uint8Array, fileName: string): ModelInfo {
  const info = inspectModel(bytes, fileName);
  const outside = info.weights.find((weight) => weight.externalFile !== null);
  if (outside) {
    throw new UserError(
      `${fileName}: the weight '${outside.name}' lies in a separate file, '${outside.externalFile}'; give a model in one file`,
    );
  }
  return info;
}

/** A model to open: its bytes, the name to call it by, its operator sets by domain. */
export interface NamedModel {
  readonly name: string;
  readonly model: Uint8Array;
  readonly opsets: Readonly<Record<string, number>>;
}

/** A session. An OpsetError or an Error of one line, both naming the file, when the runtime refuses the model. */
export async function openModel(
  ort: Ort,
  { name, model, opsets }: NamedModel,
  options: SessionOptions,
): Promise<Session> {
  try {
    // Errors only: what goes to the CPU is read from the profile, not from a warning on the console.
    return await ort.InferenceSession.create(model, { logSeverityLevel: 3, ...options });
  } catch (error) {
    const version = `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`;
    const newest = /support for domain (\S+) is till opset (\d+)/.exec(messageOf(error));
    if (newest) {
      const domain = newest[1] === 'ai.onnx' ? '' : newest[1]!;
      throw new OpsetError(
        `${name}: uses operator set ${opsets[domain]} of ${newest[1]}; ${version} supports up to ${newest[2]}`,
      );
    }
    throw new Error(`${name}: ${version} refuses the model: ${withoutSourcePlace(messageOf(error))}`);
  }
}

/** The runtime's message without its build machine's path and C++ signature. */
function withoutSourcePlace(message: string): string {
  const text = message.replace(/^.*ERROR_MESSAGE: /s, '').replace(/^\S+:\d+ .*?\) (?=[A-Z])/s, '');
  return text.trim().split('\n', 1)[0]!;
}
