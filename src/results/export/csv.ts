// `--to csv`: one line per sample, every row of every session, failed ones too: their state stands beside.
import type { ResultFile } from '../schema.ts';
import { csvText } from './csv-text.ts';
import { deviceText } from './passed-rows.ts';

const COLUMNS = [
  'file_id',
  'device',
  'session_id',
  'case_id',
  'kind',
  'state',
  'metric',
  'definition',
  'unit',
  'better',
  'sample',
  'value',
];

/** Numbers as the file has them, in base units. */
export function toCsv(files: readonly ResultFile[]): string {
  const lines = files.flatMap((file) =>
    file.sessions.flatMap((session) =>
      session.rows.flatMap((row) =>
        row.metrics.flatMap(({ name, definition, unit, better, samples }) => {
          const head = [
            file.id,
            deviceText(file.environment),
            session.id,
            row.id,
            row.kind,
            row.state,
            name,
            definition,
            unit,
            better,
          ];
          return samples.map((value, i) => [...head, String(i), String(value)]);
        }),
      ),
    ),
  );
  return `${csvText([COLUMNS, ...lines])}\r\n`;
}
