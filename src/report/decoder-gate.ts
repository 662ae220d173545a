// What the accuracy gate says of a decoder, in words: its verdict, the first wrong token, its perplexity beside the others',
// and the command that shows it again. Pure.
import type { ResultFile, Row, Session } from '../results/schema.ts';
import { labelCase } from './case-label.ts';

/** One sentence with the figures it rests on; null for a row without a decoder's check. */
export function gateSentence(row: Row): string | null {
  const { verification } = row;
  if (!verification || verification.figures.topAgreement === undefined) return null;
  const { state, checked, figures } = verification;
  const agreeing = Math.round(figures.topAgreement! * checked);
  const seen = [
    `${agreeing} of ${checked} tokens are the reference’s`,
    ...(figures.meanKl === undefined ? [] : [`mean KL ${short(figures.meanKl)} nats`]),
    ...(figures.largestLogitError === undefined ? [] : [`largest logit error ${short(figures.largestLogitError)}`]),
  ].join(', ');
  if (state === 'passed') return `Agrees: ${seen}.`;
  return `Disagrees: ${seen}${firstWrongText(row)}.`;
}

function short(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(2);
}

function firstWrongText({ verification }: Row): string {
  const wrong = verification?.firstWrong;
  if (!wrong) return '';
  return `; first at step ${wrong.step}, token ${wrong.token} where the reference has ${wrong.reference}`;
}

/** Runs the one case again as it was run. */
export function reproduceCommand(row: Row, { seed, nonDefault }: ResultFile['plan']): string {
  const samples = nonDefault.samples === undefined ? '' : ` --samples ${nonDefault.samples}`;
  return `npm run bench -- --filter '${row.id}' --seed ${seed}${samples}`;
}

export interface PerplexityEntry {
  readonly id: string;
  readonly runtime: string;
  readonly type: string;
  readonly value: number;
  readonly tokens: number;
  /** Change from f32 of the same runtime, model and text, as a share; null without one. */
  readonly change: number | null;
}

export interface PerplexityGroup {
  readonly model: string;
  readonly text: string;
  readonly entries: readonly PerplexityEntry[];
}

/** Columns, the most exact first. */
const TYPE_ORDER = ['f32', 'f16', 'int8', 'int4'];

/** Perplexities that may be compared stand together: one model, one text. Rows that failed have none. */
export function perplexityGroups({ rows }: Pick<Session, 'rows'>): PerplexityGroup[] {
  const groups = new Map<string, PerplexityEntry[]>();
  for (const row of rows) {
    const perplexity = row.verification?.perplexity;
    if (!perplexity || row.state !== 'ok') continue;
    const { name, runtime, params } = labelCase(row.id);
    const key = JSON.stringify([name, perplexity.text]);
    const entry = {
      ...{ id: row.id, runtime: runtime ?? '', type: params.split(' ').at(-1)!, change: null },
      ...{ value: perplexity.value, tokens: perplexity.tokens },
    };
    const entries = groups.get(key) ?? [];
    const known = entries.some((item) => item.runtime === entry.runtime && item.type === entry.type);
    if (!known) groups.set(key, [...entries, entry]);
  }
  return [...groups].map(([key, entries]) => {
    const [model, text] = JSON.parse(key) as [string, string];
    entries.sort((a, b) => TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type));
    return { model, text, entries: entries.map((entry) => ({ ...entry, change: changeFromF32(entry, entries) })) };
  });
}

function changeFromF32(entry: PerplexityEntry, entries: readonly PerplexityEntry[]): number | null {
  if (entry.type === 'f32') return null;
  const base = entries.find(({ runtime, type }) => type === 'f32' && runtime === entry.runtime);
  return base ? entry.value / base.value - 1 : null;
}

export interface OwnText {
  /** `tiny · wgsl`. */
  readonly by: string;
  readonly prompt: string;
  readonly text: string;
}

/** What the checked trained models of a session wrote, the fastest runtime's first of equal texts only. */
export function ownTexts({ rows }: Pick<Session, 'rows'>): OwnText[] {
  const texts: OwnText[] = [];
  for (const row of rows) {
    const { text, promptText } = row.facts;
    if (row.state !== 'ok' || typeof text !== 'string' || typeof promptText !== 'string') continue;
    const { name, runtime } = labelCase(row.id);
    const known = texts.findIndex(
      (item) => item.prompt === promptText && (item.text.startsWith(text) || text.startsWith(item.text)),
    );
    const by = [name, runtime].filter((part) => part).join(' · ');
    if (known < 0) texts.push({ by, prompt: promptText, text });
    else {
      const other = texts[known]!;
      texts[known] = {
        ...other,
        by: other.by.includes(by) ? other.by : `${other.by}, ${by}`,
        text: text.length > other.text.length ? text : other.text,
      };
    }
  }
  return texts;
}
