// Opens a session for a model file that may be anything: the structure is read first, and a refusal says in one line what
// the file has and what the runtime supports. Knows no inputs.
import { externalFilesOf, inspectModel, type ModelInfo } from '../../models/onnx/reader.ts';
import type { ExternalFile } from '../../models/onnx/writer.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { Ort, Session, SessionOptions } from './runtime.ts';

/** The model uses an operator set this runtime does not read. */
export class OpsetError extends UserError {}

/**
 * Reads the structure; a UserError names the file when it is no model or not a whole one, or the file of weights that did not
 * come with it or ends before a weight does.
 */
export function checkModelFile(bytes: Uint8Array, fileName: string, external: readonly ExternalFile[] = []): ModelInfo {
  const info = inspectModel(bytes, fileName);
  const missing = externalFilesOf(info).find((path) => !external.some((file) => file.path === path));
  if (missing !== undefined) {
    throw new UserError(
      `${fileName}: its weights lie in a separate file, '${missing}', which is not here. ` +
        'Give the model by path (npm run bench -- --model FILE) with that file beside it, or as one file.',
    );
  }
  for (const { name, externalFile, externalRange } of info.weights) {
    const size = external.find((file) => file.path === externalFile)?.data.length;
    if (externalRange === null || size === undefined || externalRange.offset + externalRange.length <= size) continue;
    const { offset, length } = externalRange;
    throw new UserError(
      `${fileName}: weight '${name.slice(0, 80)}' lies at bytes ${offset} to ${offset + length} of '${externalFile}', which ends at ${size}`,
    );
  }
  return info;
}

/** A model to open: its bytes, the name to call it by, its operator sets by domain. */
export interface NamedModel {
  readonly name: string;
  readonly model: Uint8Array;
  readonly opsets: Readonly<Record<string, number>>;
  /** The separate files of its weights, if it has any. */
  readonly external: readonly ExternalFile[];
}

/**
 * A session. The runtime sees only what passed the structural check, whose UserError it is otherwise; an OpsetError or an
 * Error of one line, both naming the file, when the runtime refuses the model.
 */
export async function openModel(
  ort: Ort,
  { name, model, opsets, external }: NamedModel,
  options: SessionOptions,
): Promise<Session> {
  checkModelFile(model, name, external);
  try {
    // Errors only: what goes to the CPU is read from the profile, not from a warning on the console.
    return await ort.InferenceSession.create(model, {
      logSeverityLevel: 3,
      ...(external.length > 0 ? { externalData: [...external] } : {}),
      ...options,
    });
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
