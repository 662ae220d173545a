// Which kernel cases a software adapter need not run: larger sizes of what has run there. Knows no GPU object.
import { parseCaseId } from '../core/case-id.ts';
import { isProbe } from '../core/case-order.ts';
import type { Options } from '../core/options.ts';
import { isPlainDefault } from '../core/suites.ts';
import type { Row } from '../results/schema.ts';

/** Seconds that another size of a kernel may take where its time is no measurement of a GPU. */
const REPEAT_SECONDS = 3;

/**
 * Why a case of the default suite is left out on a software adapter, or null. The large sizes are there for real GPUs, where
 * they cost no more than the small ones. Whoever asks for cases by name gets them all.
 */
export function repeatedOnSoftware(id: string, seconds: number, rows: readonly Row[], options: Options): string | null {
  if (!isPlainDefault(options) || isProbe(id) || seconds <= REPEAT_SECONDS) return null;
  const form = formOf(id);
  const other = rows.find((row) => row.state === 'ok' && formOf(row.id) === form);
  if (!other) return null;
  return `estimated at ${seconds.toFixed(1)} s on this software adapter, where ${other.id} stands for it (--filter runs it)`;
}

/** All that an id says but its sizes. */
function formOf(id: string): string {
  const { path, params } = parseCaseId(id);
  return [path, ...Object.values(params).filter((value) => typeof value === 'string')].join(' ');
}
