// A comparison as workflow commands that GitHub Actions shows as annotations. The table goes to the job summary as Markdown.
import type { ComparisonReport } from './comparison.ts';
import { ratioText, verdictText } from './verdict-text.ts';

/** One line per row that got slower, one per gate that did not pass, one notice per file. */
export function githubAnnotations({ base, others }: ComparisonReport): string {
  const lines = others.flatMap(({ next, comparison, gate }) => {
    const slower = comparison.rows.filter(({ verdict }) => verdict === 'slower');
    return [
      ...slower.map((row) =>
        command('warning', `${row.id} ${row.metric}`, `${verdictText(row)}, ${ratioText(row)} of ${base.label}`),
      ),
      ...(gate && gate.outcome !== 'pass' ? [command('error', `gate: ${gate.outcome}`, gate.reasons.join('\n'))] : []),
      command(
        'notice',
        `${next.label} against ${base.label}`,
        `${comparison.rows.length} rows, ${slower.length} slower`,
      ),
    ];
  });
  return lines.join('\n');
}

/** Escapes as the runner's toolkit documents: the message keeps line breaks as %0A, a property also hides `:` and `,`. */
function command(level: 'notice' | 'warning' | 'error', title: string, message: string): string {
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} title=${property(title)}::${data(message)}`;
}
