// Files in and out of the page: a result file opened, downloaded or copied; a model file taken in.
import { messageOf } from '../core/errors.ts';
import { headlines } from '../report/headlines.ts';
import { resultMarkdown } from '../report/markdown.ts';
import { resultFileName } from '../results/assemble.ts';
import { readResultFile } from '../results/read.ts';
import type { ResultFile, Session } from '../results/schema.ts';
import { encodeSummary, LINK_LIMIT, summarizeForLink } from '../results/summary-link.ts';
import { droppedModel, notice, openedFile, problem } from './state.ts';

/** Names a summary in the part of the hash after `?`. */
export const SUMMARY_KEY = 'summary';

/** Shows a result file; on any fault the page keeps what it shows and says what is wrong where. */
export async function openResultFile(file: File): Promise<void> {
  try {
    const result = readResultFile(await file.text(), file.name);
    // A file may fit the schema and still hold what cannot be shown: that must come out here, not while drawing.
    for (const session of result.sessions) headlines(session);
    openedFile.value = { name: file.name, file: result };
    problem.value = null;
    notice.value = `Opened ${file.name}`;
  } catch (error) {
    problem.value = messageOf(error);
  }
}

/**
 * An ONNX file, or a GGUF file, or safetensors with the config.json and tokenizer.json that belong to them. A result file, which
 * is looked for here as well, is shown.
 */
export async function takeModelFiles(files: readonly [File, ...File[]]): Promise<void> {
  const [first] = files;
  const weights = files.find(({ name }) => /\.(gguf|safetensors)$/i.test(name));
  const isOnnx = first.name.toLowerCase().endsWith('.onnx');
  if (!isOnnx && !weights) {
    if (files.length === 1 && first.name.toLowerCase().endsWith('.json')) {
      await openResultFile(first);
      if (problem.value === null) location.hash = 'result';
      return;
    }
    problem.value = `${first.name}: expected a model that ends in .onnx, .gguf or .safetensors`;
    return;
  }
  try {
    droppedModel.value = weights
      ? { name: weights.name, source: { files } }
      : { name: first.name, source: { bytes: await first.arrayBuffer() } };
    problem.value = null;
    notice.value = `${droppedModel.value.name} is ready: Start measures it`;
  } catch (error) {
    problem.value = `${first.name}: could not be read (${messageOf(error)})`;
  }
}

export function downloadResult(file: ResultFile): void {
  saveText(resultFileName(file), `${JSON.stringify(file, null, 1)}\n`);
}

/** Hands a text to the browser as a download. */
export function saveText(name: string, text: string, type = 'application/json'): void {
  saveBlob(name, new Blob([text], { type }));
}

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the bytes at the click; the address can go once that task is over.
  setTimeout(() => URL.revokeObjectURL(url));
  notice.value = `Saved ${link.download}`;
}

export function copyMarkdown(file: ResultFile, session: Session): Promise<void> {
  return copyText(resultMarkdown(file, session), 'the result as Markdown');
}

/** `what` completes "Copied …". */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice.value = `Copied ${what}`;
  } catch (error) {
    problem.value = `The browser refused the clipboard (${messageOf(error)}): use Download instead`;
  }
}

/** The address of this page with a summary of the result in its fragment, which no browser sends anywhere. */
export async function copyResultLink(file: ResultFile): Promise<void> {
  const summary = await encodeSummary(summarizeForLink(file));
  if (summary === null) {
    problem.value = `The summary of this result does not fit into an address of ${LINK_LIMIT} characters: use Download JSON and hand on the file`;
    return;
  }
  const address = `${location.origin}${location.pathname}#result?${SUMMARY_KEY}=${summary}`;
  await copyText(address, `a link of ${address.length} characters: medians and intervals, no samples`);
}
