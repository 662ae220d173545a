// What the models of a result wrote, how well each foretells text it was not trained on, and what the accuracy gate says.

import { labelCase, oneLine } from '../report/case-label.ts';
import { gateSentence, ownTexts, type PerplexityGroup, perplexityGroups } from '../report/decoder-gate.ts';
import { formatShare } from '../report/units.ts';
import type { Session } from '../results/schema.ts';
import { OwnTextBlock } from './writing-panel.tsx';

export function DecoderQuality({ session }: { readonly session: Session }) {
  const texts = ownTexts(session);
  const groups = perplexityGroups(session);
  const verdicts = session.rows.flatMap((row) => {
    const sentence = gateSentence(row);
    return sentence ? [{ id: row.id, failed: row.state === 'failed', sentence }] : [];
  });
  if (verdicts.length === 0) return null;
  const [wrong, right] = [verdicts.filter(({ failed }) => failed), verdicts.filter(({ failed }) => !failed)];
  return (
    <section class="quality" aria-labelledby="quality-title">
      <h2 id="quality-title">What the decoders answered</h2>
      {texts.map(({ by, prompt, text }) => (
        <figure key={`${by} ${prompt}`} class="quality-text">
          <OwnTextBlock prompt={prompt} text={text} />
          <figcaption class="muted">{by}, greedy</figcaption>
        </figure>
      ))}
      {groups.map((group) => (
        <PerplexityTable key={`${group.model} ${group.text}`} group={group} />
      ))}
      <p>{agreementText(wrong.length, verdicts.length)}</p>
      {wrong.length > 0 && <VerdictList verdicts={wrong} />}
      {right.length > 0 && (
        <details>
          <summary>{right.length === 1 ? 'The one that agrees' : `The ${right.length} that agree`}</summary>
          <VerdictList verdicts={right} />
        </details>
      )}
    </section>
  );
}

function agreementText(wrong: number, all: number): string {
  if (all === 1) return `The one checked decoder ${wrong === 0 ? 'agrees' : 'disagrees'} with its reference.`;
  if (wrong === 0) return `All ${all} checked decoders agree with their reference.`;
  return `${wrong} of ${all} checked decoders ${wrong === 1 ? 'disagrees' : 'disagree'} with the reference:`;
}

interface Verdict {
  readonly id: string;
  readonly failed: boolean;
  readonly sentence: string;
}

function VerdictList({ verdicts }: { readonly verdicts: readonly Verdict[] }) {
  return (
    <ul class="verdicts">
      {verdicts.map(({ id, failed, sentence }) => (
        <li key={id}>
          <span aria-hidden="true">{failed ? '✗' : '✓'}</span> <strong>{oneLine(labelCase(id))}</strong> {sentence}
        </li>
      ))}
    </ul>
  );
}

/** A line a runtime, a column a type: f32 and int4 stand side by side. */
function PerplexityTable({ group: { model, text, entries } }: { readonly group: PerplexityGroup }) {
  const runtimes = [...new Set(entries.map(({ runtime }) => runtime))];
  const types = [...new Set(entries.map(({ type }) => type))];
  const tokens = entries[0]!.tokens.toLocaleString('en-US');
  const title = `perplexity-${model}-${text}`.replaceAll(/\W+/g, '-');
  return (
    <div>
      <p class="muted" id={title}>
        Perplexity of {model} on {tokens} tokens of {text}; lower is better, change is from f32
      </p>
      <table class="perplexity" aria-labelledby={title}>
        <thead>
          <tr>
            <th scope="col">Runtime</th>
            {types.map((type) => (
              <th scope="col" class="number" key={type}>
                {type}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runtimes.map((runtime) => (
            <tr key={runtime}>
              <th scope="row">{runtime}</th>
              {types.map((type) => {
                const entry = entries.find((item) => item.runtime === runtime && item.type === type);
                return (
                  <td class="number" key={type}>
                    {entry ? entry.value.toFixed(3) : '–'}
                    {entry?.change != null && <small> {signedShare(entry.change)}</small>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function signedShare(change: number): string {
  return `${change < 0 ? '−' : '+'}${formatShare(Math.abs(change))}`;
}
