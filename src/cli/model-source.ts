// Brings --model under the page's own origin, the only one it may ask: an .onnx file or address as it is, any other model as a
// list of files that are read by ranges.
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { externalFilesOf, inspectModel } from '../../models/onnx/reader.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { LocatedModel } from '../native/session-protocol.ts';
import type { Io } from './io.ts';
import { type LocalModel, openLocalModel } from './local-model.ts';
import { type Route, refuse, sendFile } from './page-server.ts';
import { sendSource } from './send-source.ts';

export const MODEL_PREFIX = '/model/';

export interface ModelSource {
  /** What a result file may say: the file's name, never a path of this machine. */
  readonly name: string;
  /** Address on the page's origin. */
  readonly pagePath: string;
  readonly route: Route;
  /** Where its files lie on this machine; null for an ONNX file, which only a browser runs. */
  readonly located: LocatedModel | null;
}

/** Throws a UserError when there is no such file or the URL does not answer. */
export async function openModelSource(model: string, io: Io): Promise<ModelSource> {
  const isAddress = /^https?:\/\//i.test(model);
  const path = resolve(io.cwd, model);
  const asList = isAddress
    ? /\.(gguf|safetensors)$/i.test(new URL(model).pathname)
    : /^hf:|\.(gguf|safetensors)$/i.test(model) || ((await stat(path).catch(() => null))?.isDirectory() ?? false);
  if (asList) return listedSource(await openLocalModel(model, io));
  return isAddress ? remoteSource(model) : localSource(model, path);
}

/** `/model/NAME/` answers with the list, `/model/NAME/0` … with the files, ranges of them too. */
function listedSource(local: LocalModel): ModelSource {
  const { name, files } = local;
  const short = name.replace(/^hf:/, '').replaceAll('/', '--');
  const list = JSON.stringify(files.map((file, i) => ({ name: file.name, path: String(i) })));
  return {
    name,
    located: local.located,
    pagePath: `${MODEL_PREFIX}${encodeURIComponent(short)}/`,
    route: async (rest, response) => {
      if (!rest.startsWith(`${short}/`)) return refuse(response, 404, 'no such file');
      const wanted = rest.slice(short.length + 1);
      if (wanted === '') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(list);
      const file = /^\d+$/.test(wanted) ? files[Number(wanted)] : undefined;
      await (file ? sendSource(file, response) : refuse(response, 404, 'no such file'));
    },
  };
}

async function localSource(given: string, path: string): Promise<ModelSource> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new UserError(`--model ${given}: no such file`);
  const name = basename(path);
  const served = new Set([name, ...(await weightFiles(path, name))]);
  return {
    name,
    located: null,
    pagePath: MODEL_PREFIX + encodeURIComponent(name),
    // The model and the files its weights are in, by name: the rest of the folder is nobody's business.
    route: (rest, response) =>
      served.has(rest)
        ? sendFile(join(dirname(path), rest), response)
        : Promise.resolve(refuse(response, 404, 'no such file')),
  };
}

/** The separate files a model names for its weights, none above its folder. A file that is no model names none: the page says so. */
async function weightFiles(path: string, name: string): Promise<string[]> {
  try {
    const files = externalFilesOf(inspectModel(await readFile(path), name));
    return files.filter((file) => !isAbsolute(file) && !file.split(/[\\/]/).includes('..'));
  } catch {
    return [];
  }
}

async function remoteSource(given: string): Promise<ModelSource> {
  const url = new URL(given);
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
  if (name === '') throw new UserError(`--model ${given}: the address must end in a file name`);
  const head = await fetch(url, { method: 'HEAD' }).catch((error: unknown) => {
    throw new UserError(`--model ${given}: no answer (${causeOf(error)})`);
  });
  if (!head.ok) throw new UserError(`--model ${given}: answers ${head.status} ${head.statusText}`.trimEnd());
  return {
    name,
    located: null,
    pagePath: MODEL_PREFIX + encodeURIComponent(name),
    route: async (rest, response) => {
      const wanted = rest === name ? url : new URL(encodeURIComponent(rest), url);
      const answer = await fetch(wanted);
      if (!answer.ok || !answer.body) return refuse(response, answer.status, answer.statusText);
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
      await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
    },
  };
}

/** fetch says only "fetch failed"; why is in its cause. */
function causeOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
