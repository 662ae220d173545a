// The files of a model as the page names them: dropped, served from this origin, or of a repository or address elsewhere,
// which are downloaded into the browser's private file system first.
import { type ByteSource, sourceOfBlob } from '../../../models/files/byte-source.ts';
import { type LoadedModel, openModelFiles } from '../../../models/files/model-files.ts';
import { openUrlSource } from '../../../models/files/url-source.ts';
import { HUB } from '../../../models/remote/hub.ts';
import { type DownloadPlan, type DownloadProgress, fetchPlan, planDownload } from '../../../models/remote/plan.ts';
import { parseModelReference } from '../../../models/remote/reference.ts';
import type { Network } from '../../../models/remote/request.ts';
import { UserError } from '../../core/errors.ts';
import { opfsStore } from './opfs-store.ts';

/** One file as the command line's server lists it. */
export interface ServedFile {
  readonly name: string;
  /** Relative to the list's own address. */
  readonly path: string;
}

export async function openDroppedModel(files: readonly File[]): Promise<LoadedModel> {
  return openModelFiles(files.map((file) => sourceOfBlob(file.name, file)));
}

/** A model that this origin serves: `listUrl` answers with a list of ServedFile, each read by ranges. */
export async function openServedModel(name: string, listUrl: string): Promise<LoadedModel> {
  const answer = await fetch(listUrl);
  if (!answer.ok) throw new UserError(`${name}: ${listUrl} answers ${answer.status} ${answer.statusText}`.trimEnd());
  const served = (await answer.json()) as readonly ServedFile[];
  const sources: ByteSource[] = [];
  for (const file of served) sources.push(await openUrlSource(file.name, new URL(file.path, listUrl).href));
  return openModelFiles(sources, name);
}

/** What a reference would download. Asks the hub or the server for names and sizes only. */
export async function planModel(reference: string, signal: AbortSignal): Promise<DownloadPlan> {
  return planDownload(remoteReference(reference), await opfsStore(), network(signal));
}

/** Downloads what is missing of a reference's files, and opens them. */
export async function openRemoteModel(
  reference: string,
  signal: AbortSignal,
  progress: (progress: DownloadProgress) => void,
): Promise<LoadedModel> {
  const store = await opfsStore();
  const plan = await planDownload(remoteReference(reference), store, network(signal));
  return openModelFiles(await fetchPlan(plan, store, network(signal), progress), plan.name);
}

/** What is kept of all downloads: how many whole files, and their bytes. */
export async function keptModels(): Promise<{ readonly files: number; readonly bytes: number }> {
  const list = await (await opfsStore()).list();
  return { files: list.length, bytes: list.reduce((sum, { size }) => sum + size, 0) };
}

/** Removes every kept file. */
export async function removeKept(): Promise<void> {
  const store = await opfsStore();
  for (const { key } of await store.list()) await store.remove(key);
}

function remoteReference(text: string) {
  const reference = parseModelReference(text);
  if (reference.kind === 'path')
    throw new UserError(`'${text}' is a path of this machine, which a page cannot read: drop the file`);
  return reference;
}

function network(signal: AbortSignal): Network {
  return { endpoint: HUB, fetch: (...args) => fetch(...args), signal };
}
