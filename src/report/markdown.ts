// A result file as Markdown for an issue or a pull request: headline, table, doubts, environment. Carries the software label.
import { WARNINGS, type WarningName } from '../core/warnings.ts';
import type { ResultFile, Row, Session } from '../results/schema.ts';
import { type CaseGroup, type CaseLine, type Column, caseGroups, caseLines } from './case-lines.ts';
import { adapterName, environmentFacts, softwareLabel } from './environment.ts';
import { headlines } from './headlines.ts';

export function resultMarkdown(file: ResultFile, session: Session): string {
  const software = softwareLabel(file.environment);
  const { browser, os } = file.environment;
  const parts = [
    `### Fleetmark: ${escapeCell(adapterName(file.environment.adapter))}, ${browser.name} ${browser.version} on ${os.name}`,
    software && `> **${software}**`,
    headlines(session)
      .map(
        ({ title, value, spread, because }) => `- ${title}: ${value === null ? because : `**${value}** (${spread})`}`,
      )
      .join('\n'),
    ...caseGroups(caseLines(session)).map(table),
    footnotes(session),
    environmentList(file, session),
  ];
  return `${parts.filter((part) => part).join('\n\n')}\n`;
}

function table({ title, columns, lines }: CaseGroup): string {
  const head = [title, 'State', 'Checked', ...columns.map(({ label }) => label)];
  const rule = head.map((_, i) => (i < 3 ? '---' : '---:'));
  const rows = lines.map((line) => cellsOf(line, columns));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(line: CaseLine, columns: readonly Column[]): string[] {
  const figures = columns.map(({ key }) => {
    const cell = line.cells[key];
    if (!cell) return '';
    const text = cell.note ? `${cell.text} (${cell.note})` : cell.text;
    return line.struck ? `~~${text}~~` : text;
  });
  const reason = line.row.reason ? `${line.stateWord}: ${line.row.reason}` : line.stateWord;
  return [`\`${escapeCell(line.row.id)}\``, escapeCell(reason), escapeCell(line.verified), ...figures];
}

/** A cell may hold neither a pipe nor a line break. */
function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

function footnotes({ rows, warnings }: Session): string {
  const counts = countWarnings(rows);
  const ofSession = warnings.map(({ name, detail }) => `- ${name}: ${WARNINGS[name]}${detail ? ` (${detail})` : ''}`);
  const ofRows = [...counts].map(([name, count]) => `- ${name}: ${WARNINGS[name]} (${count} of ${rows.length} cases)`);
  return [...new Set([...ofSession, ...ofRows])].join('\n');
}

/** How many rows carry each warning, most frequent first. */
export function countWarnings(rows: readonly Row[]): Map<WarningName, number> {
  const counts = new Map<WarningName, number>();
  for (const row of rows) {
    for (const name of new Set(row.warnings.map((warning) => warning.name))) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

function environmentList(file: ResultFile, session: Session): string {
  const facts = environmentFacts(file, session).map(({ label, value }) => `- ${label}: ${value}`);
  return `<details><summary>Environment</summary>\n\n${facts.join('\n')}\n\n</details>`;
}
