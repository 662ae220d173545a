// DuckDB, loaded only when asked for: it is an optional dependency of 70 MB that no other command needs.
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf, UserError } from '../../core/errors.ts';

/** A database in memory. Throws a UserError with the command that installs DuckDB where it is missing. */
export async function openDuckDb(): Promise<DuckDBConnection> {
  const api = await import('@duckdb/node-api').catch((error: unknown) => {
    throw new UserError(
      `query needs DuckDB, which is not installed here (${messageOf(error).split('\n', 1)[0]}). Install it: npm install --no-save @duckdb/node-api`,
    );
  });
  const instance = await api.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  // json and parquet are built in; nothing is ever fetched.
  await connection.run('SET autoinstall_known_extensions = false; SET autoload_known_extensions = false');
  return connection;
}

/** A text as an SQL literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
