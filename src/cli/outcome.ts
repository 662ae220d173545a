// What a finished run means for the exit code. Pure.
import { EXIT, type ExitCode } from '../core/errors.ts';
import { counted } from '../report/units.ts';
import type { ResultFile, Row } from '../results/schema.ts';

export interface RunVerdict {
  readonly exitCode: ExitCode;
  /** Why it is not 0; empty when it is. */
  readonly reasons: readonly string[];
}

/** Skipped, cancelled and expectedly failing rows do not count, but a run of nothing else is a failure. */
export function judgeRun(file: ResultFile): RunVerdict {
  const rows = file.sessions.flatMap((session) => session.rows);
  const count = (state: Row['state']): number =>
    rows.filter((row) => row.state === state && !row.expectedFailure).length;
  const ran = rows.filter((row) => row.state === 'ok' || row.state === 'failed' || row.state === 'error').length;
  const crashed = file.sessions.filter((session) => session.state === 'crashed').length;
  const reasons = [
    ...(count('failed') > 0 ? [`${cases(count('failed'))} disagreed with the reference`] : []),
    ...(count('error') > 0 ? [`${cases(count('error'))} ended in an error`] : []),
    ...(crashed > 0
      ? [
          `${file.environment.lane === 'native' ? 'the process' : 'the browser'} crashed in ${crashed} of ${file.sessions.length} sessions`,
        ]
      : []),
    ...(ran === 0 ? ['no case ran'] : []),
  ];
  return { exitCode: reasons.length > 0 ? EXIT.failed : EXIT.ok, reasons };
}

function cases(count: number): string {
  return counted(count, 'case');
}
