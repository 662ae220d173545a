// `fleetmark query SQL [PATH…]`: asks SQL of many result files at once.
import { join } from 'node:path';
import type { DuckDBResultReader } from '@duckdb/node-api';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode, messageOf, UserError } from '../../core/errors.ts';
import { formatRows, ROW_FORMATS, type RowFormat } from '../../report/text-rows.ts';
import { findInputs } from '../find-inputs.ts';
import type { Io } from '../io.ts';
import { openDuckDb } from '../query/duckdb.ts';
import { openLake } from '../query/lake.ts';
import { tellFaults } from '../read-results.ts';

const HELP = `
Views: metrics, one row per file, session, case and metric; samples, one row per sample. Columns: bench-results/README.md,
or: fleetmark query "DESCRIBE metrics". A file that cannot be read is named and left out; the exit code is then 2.

  fleetmark query "SELECT device, case_id, median(median) AS ns FROM metrics WHERE metric = 'time' GROUP BY ALL"
`;

export function mountQuery(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  program
    .command('query')
    .description('ask SQL of a folder of result files, through DuckDB')
    .argument('<sql>', 'a query over the views metrics and samples')
    .argument('[paths...]', 'result files, folders or globs (default: bench-results/local)')
    .addOption(new Option('--format <name>', 'how to print the rows').choices(ROW_FORMATS).default('text'))
    .addHelpText('after', HELP)
    .action(async (sql, paths, { format }) => finish(await queryCommand(sql, paths, format, io)));
}

async function queryCommand(sql: string, given: readonly string[], format: RowFormat, io: Io): Promise<ExitCode> {
  const local = join(io.packageFolder, 'bench-results', 'local');
  const inputs = await Promise.all((given.length > 0 ? given : [local]).map((path) => findInputs(path, io.cwd)));
  const paths = [...new Set(inputs.flat().map(({ path }) => path))];
  const db = await openDuckDb();
  const lake = await openLake(db, paths, io.cwd, join(local, 'query-cache'));
  const rows = await db.runAndReadAll(sql).catch((error: unknown) => {
    throw new UserError(
      `${messageOf(error).trim()}\nViews: metrics, samples. Their columns: fleetmark query "DESCRIBE metrics"`,
    );
  });
  io.stdout.write(`${formatRows(format, rows.columnNames(), plainRows(rows))}\n`);
  tellFaults(lake.faults, io);
  io.stderr.write(`${rows.currentRowCount} rows from ${lake.files} files, ${lake.ingested} of them read anew\n`);
  return lake.faults.length > 0 ? EXIT.badInput : EXIT.ok;
}

/** DuckDB gives 64-bit whole numbers as text; those that a JSON number holds exactly become one. */
function plainRows(rows: DuckDBResultReader): unknown[][] {
  const wide = rows.columnTypes().map((type) => ['BIGINT', 'UBIGINT', 'HUGEINT'].includes(type.toString()));
  return rows
    .getRowsJson()
    .map((row) =>
      row.map((value, i) => (wide[i] && Number.isSafeInteger(Number(value)) && value !== null ? Number(value) : value)),
    );
}
