// What a trained model writes while it is measured, and the rate of each generation that is over. It is told of text only
// between timed spans, at most four times a second.
import { labelCase, oneLine } from '../report/case-label.ts';
import { formatQuantity } from '../report/units.ts';
import { Sparkline } from './sparkline.tsx';
import { progress } from './state.ts';

export function WritingPanel() {
  const { writing } = progress.value;
  if (!writing) return null;
  const { id, prompt, text, tokens, rates } = writing;
  const last = rates.at(-1);
  return (
    <section class="writing" aria-labelledby="writing-title">
      <h2 id="writing-title">{oneLine(labelCase(id))}</h2>
      {/* A screen reader hears of it when a generation is over, not of every piece. */}
      <OwnTextBlock prompt={prompt} text={text} />
      <p class="writing-rates muted" aria-live="polite">
        {last === undefined ? (
          `${tokens} tokens so far`
        ) : (
          <>
            {tokens} tokens at {formatQuantity(last, 'tokens/s')}
            {rates.length === 1 ? ', the first generation: shaders compile in it' : `, generation ${rates.length}`}
          </>
        )}
        {rates.length > 1 && <Sparkline values={rates} label="Tokens per second of each generation so far" />}
      </p>
    </section>
  );
}

/** The prompt muted, what the model made of it after it. */
export function OwnTextBlock({ prompt, text }: { readonly prompt: string; readonly text: string }) {
  return (
    <blockquote class="own-text">
      <span class="muted">{prompt}</span>
      {text}
    </blockquote>
  );
}
