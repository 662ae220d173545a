// A result as a short text for the fragment of an address: medians and intervals, no samples. JSON, deflated, base64url
// (RFC 1951, RFC 4648 §5). A fragment is never sent to a server. Pure; knows no page.
import * as v from 'valibot';
import { messageOf, UserError } from '../core/errors.ts';
import { adapterText } from './comparability.ts';
import { metricSchema, type ResultFile, type Row, rowSchema } from './schema.ts';
import { acrossSessions, joinSessions } from './sessions.ts';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const summarySchema = v.object({
  schema: v.literal('fleetmark.summary'),
  schemaVersion: v.literal(1),
  /** Of the result file it was made from. */
  id: v.string(),
  createdAt: v.string(),
  device: v.string(),
  software: v.boolean(),
  browser: v.string(),
  system: v.string(),
  timers: v.string(),
  build: v.string(),
  suite: v.string(),
  sessions: count,
  rows: v.array(
    v.object({
      id: v.string(),
      state: rowSchema.entries.state,
      /** True when the answer was checked and right in every session. */
      checked: v.boolean(),
      reason: v.optional(v.string()),
      metrics: v.array(
        v.object({
          name: v.string(),
          unit: metricSchema.entries.unit,
          median: finite,
          /** 95 % for one session; lowest and highest session median for more; null where n is too small. */
          interval: v.nullable(v.tuple([finite, finite])),
          samples: count,
        }),
      ),
    }),
  ),
});

export type LinkSummary = v.InferOutput<typeof summarySchema>;

/** Characters of a coded summary. Longer addresses get cut by mail programs and chats. */
export const LINK_LIMIT = 8192;
/** A summary that unpacks to more than this was not made by us, bytes. */
const UNPACKED_LIMIT = 2 ** 20;
/** Significant digits of a median: its last one is far below any interval. */
const DIGITS = 5;
/** A reason's first words; the file has the rest. */
const REASON_LENGTH = 80;

export function summarizeForLink(file: ResultFile): LinkSummary {
  const { environment, sessions, tool, plan } = file;
  return {
    schema: 'fleetmark.summary',
    schemaVersion: 1,
    id: file.id,
    createdAt: file.createdAt,
    device: environment.label ?? adapterText(environment),
    software: environment.adapter.isSoftware,
    browser: `${environment.browser.name} ${environment.browser.version}`,
    system: environment.os.name,
    timers: [...new Set(sessions.map(({ timer }) => timer.kind))].join(', '),
    build: `${tool.version} ${tool.commit?.slice(0, 12) ?? ''}${tool.dirty ? ' with local changes' : ''}`.trim(),
    suite: plan.suite,
    sessions: sessions.length,
    rows: joinSessions(file).map(({ id, rows }) => summarizeCase(id, rows)),
  };
}

/** One bad session makes the case what that session says. */
function summarizeCase(id: string, rows: readonly Row[]): LinkSummary['rows'][number] {
  const telling = rows.find((row) => row.state !== 'ok') ?? rows[0]!;
  const names = new Set(rows.flatMap((row) => (row.state === 'ok' ? row.metrics.map(({ name }) => name) : [])));
  const reason = telling.reason?.split('\n', 1)[0]?.slice(0, REASON_LENGTH);
  return {
    id,
    state: telling.state,
    checked: rows.every(({ verification }) => verification?.state === 'passed'),
    ...(reason ? { reason } : {}),
    metrics: [...names].flatMap((name) => {
      const found = acrossSessions(rows, name);
      if (!found) return [];
      const interval = found.interval && ([short(found.interval.lo), short(found.interval.hi)] as [number, number]);
      return [{ name, unit: found.metric.unit, median: short(found.median), interval, samples: found.samples }];
    }),
  };
}

function short(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** Null when it would be longer than LINK_LIMIT: the file itself is then what to hand on. */
export async function encodeSummary(summary: LinkSummary): Promise<string | null> {
  const stream = new Blob([JSON.stringify(summary)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (Math.ceil((bytes.length * 4) / 3) > LINK_LIMIT) return null;
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** The inverse. Throws a UserError for a text that was cut off, changed, or never was a summary. */
export async function decodeSummary(text: string): Promise<LinkSummary> {
  try {
    if (text.length > LINK_LIMIT) throw new UserError(`${text.length} characters, where ${LINK_LIMIT} are the limit`);
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return v.parse(summarySchema, JSON.parse(await readLimited(stream)));
  } catch (error) {
    throw new UserError(
      `the result in this address cannot be read (${messageOf(error)}): it may have been cut off. Ask for the whole address, or for the result file`,
    );
  }
}

async function readLimited(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > UNPACKED_LIMIT) {
      await reader.cancel();
      throw new UserError(`unpacks to more than ${UNPACKED_LIMIT} bytes`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
