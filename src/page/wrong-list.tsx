// Cases whose answer is wrong, with their speed struck through and why: the Result view shows one file's, Compare all sides'.
import type { WrongCase } from '../report/wrong-but-fast.ts';

interface WrongListProps {
  readonly sides: readonly { readonly label: string; readonly wrong: readonly WrongCase[] }[];
}

export function WrongList({ sides }: WrongListProps) {
  const entries = sides.flatMap(({ label, wrong }) => wrong.map((item) => ({ label, item })));
  if (entries.length === 0) return null;
  return (
    <section class="wrong" aria-labelledby="wrong-title">
      <h2 id="wrong-title">Wrong but fast</h2>
      <p class="muted">These ran and gave a wrong answer, so their speed is no result and no comparison counts it.</p>
      <ul>
        {entries.map(({ label, item }) => (
          <li key={`${label} ${item.id}`}>
            {sides.length > 1 && <span class="muted">{label}: </span>}
            <strong>{item.name}</strong> <s>{item.speed}</s>
            {item.lead && <span> (would be {item.lead})</span>}
            <br />
            {item.firstWrong && (
              <>
                {item.firstWrong}
                <br />
              </>
            )}
            {item.why}
            <br />
            <span class="muted">Again:</span> <code>{item.command}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
