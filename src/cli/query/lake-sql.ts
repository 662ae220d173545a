// The SQL between result files and the views that a query sees. Column types here, reader in src/results/schema.ts: what
// this reading finds odd is handed to that one, which names the fault.
import { BUNDLE_NAME } from '../../results/bundle.ts';
import { SCHEMA_NAME, SCHEMA_VERSION } from '../../results/schema.ts';
import { quote } from './duckdb.ts';

/** Part of the cache's folder name: any change to the columns below needs another one. */
export const LAKE_VERSION = 1;

const METRIC = `STRUCT(name VARCHAR, definition VARCHAR, unit VARCHAR, better VARCHAR, estimator VARCHAR,
  opsPerSample BIGINT, samples DOUBLE[])`;
const ROW = `STRUCT(id VARCHAR, kind VARCHAR, state VARCHAR, reason VARCHAR, verification STRUCT(state VARCHAR),
  cost STRUCT(flops DOUBLE, bytes DOUBLE), metrics ${METRIC}[])`;
const SESSION = `STRUCT(id VARCHAR, startedAt VARCHAR, state VARCHAR, blockId VARCHAR, timer STRUCT(kind VARCHAR), rows ${ROW}[])`;
const ENVIRONMENT = `STRUCT(lane VARCHAR, label VARCHAR,
  adapter STRUCT(vendor VARCHAR, architecture VARCHAR, device VARCHAR, description VARCHAR, isSoftware BOOLEAN),
  browser STRUCT(name VARCHAR, version VARCHAR), os STRUCT(name VARCHAR))`;
const FILE_FIELDS: Readonly<Record<string, string>> = {
  schema: 'VARCHAR',
  schemaVersion: 'BIGINT',
  id: 'VARCHAR',
  createdAt: 'VARCHAR',
  tool: 'STRUCT("version" VARCHAR, "commit" VARCHAR, dirty BOOLEAN)',
  environment: ENVIRONMENT,
  plan: 'STRUCT(suite VARCHAR, seed BIGINT)',
  sessions: `${SESSION}[]`,
};
const FILE = `STRUCT(${Object.entries(FILE_FIELDS)
  .map(([name, type]) => `"${name}" ${type}`)
  .join(', ')})`;

/** One raw record per file, bundles opened: columns `path`, `document` (a number of each JSON text's own) and `f`. */
export function readFilesSql(paths: readonly string[], largestBytes: number): string {
  const columns = Object.entries({ ...FILE_FIELDS, files: `${FILE}[]` }).map(
    ([name, type]) => `${name}: ${quote(type)}`,
  );
  const own = Object.keys(FILE_FIELDS).map((name) => `"${name}" := "${name}"`);
  return `SELECT filename AS path, document,
    unnest(CASE WHEN schema = ${quote(BUNDLE_NAME)} THEN files ELSE [struct_pack(${own.join(', ')})] END) AS f
  FROM (SELECT *, random() AS document FROM read_json([${paths.map(quote).join(', ')}], columns = {${columns.join(', ')}}, filename = true,
    format = 'unstructured', records = true, maximum_object_size = ${Math.max(2 ** 24, 2 * largestBytes)}))`;
}

/** A list whose emptiness must not lose the record around it. */
const orNull = (list: string): string => `unnest(CASE WHEN len(${list}) > 0 THEN ${list} ELSE [NULL] END)`;

/** Raw records → one record per file, session, case and metric, with every column of the view `metrics`. */
export function tidySql(raw: string): string {
  return `WITH files AS (${raw}),
  sessions AS (SELECT path, document, f, ${orNull('f.sessions')} AS s FROM files),
  cases AS (SELECT path, document, f, s, ${orNull('s.rows')} AS r FROM sessions),
  metrics AS (SELECT path, document, f, s, r, ${orNull('r.metrics')} AS m FROM cases)
  SELECT path, document, f.schema AS "schema", f."schemaVersion" AS schema_version,
    f.id AS file_id, f."createdAt" AS created_at, f.tool."version" AS "version", f.tool."commit" AS "commit", f.tool.dirty AS dirty,
    f.plan.suite AS suite, f.plan.seed AS seed,
    coalesce(f.environment.label, nullif(f.environment.adapter.description, ''), nullif(concat_ws(' ',
      nullif(f.environment.adapter.vendor, ''), nullif(f.environment.adapter.architecture, ''),
      nullif(f.environment.adapter.device, '')), ''), 'unnamed') AS device,
    f.environment.label AS "label", f.environment.adapter.vendor AS vendor, f.environment.adapter.architecture AS architecture,
    f.environment.adapter."isSoftware" AS is_software, f.environment.lane AS lane,
    f.environment.browser.name AS browser, f.environment.browser."version" AS browser_version, f.environment.os.name AS os,
    s.id AS session_id, s."startedAt" AS started_at, s.state AS session_state, s."blockId" AS block_id, s.timer.kind AS timer,
    r.id AS case_id, split_part(r.id, ':', 1) AS case_path, r.kind AS kind, r.state AS state, r.reason AS reason,
    r.verification.state AS verification, r.cost.flops AS flops, r.cost.bytes AS bytes,
    m.name AS metric, m.definition AS definition, m.unit AS unit, m.better AS better, m.estimator AS estimator,
    m."opsPerSample" AS ops_per_sample, len(m.samples) AS n, list_aggregate(m.samples, 'median') AS median, m.samples AS samples
  FROM metrics`;
}

/** Paths of tidy records that no valid file gives; DuckDB also reads two JSON texts in a row. */
export function oddPathsSql(table: string): string {
  return `SELECT DISTINCT path FROM ${table} WHERE NOT coalesce(
    "schema" = ${quote(SCHEMA_NAME)} AND schema_version = ${SCHEMA_VERSION} AND file_id IS NOT NULL AND created_at IS NOT NULL
    AND "version" IS NOT NULL AND suite IS NOT NULL AND vendor IS NOT NULL AND browser IS NOT NULL
    AND (session_id IS NULL OR (started_at IS NOT NULL AND timer IS NOT NULL))
    AND (case_id IS NULL OR state IN ('ok', 'failed', 'error', 'skipped', 'cancelled'))
    AND (metric IS NULL OR (unit IN ('ns', 'tokens/s', 'bytes', '1') AND better IN ('lower', 'higher') AND samples IS NOT NULL
      AND len(list_filter(samples, lambda x: x IS NULL OR NOT isfinite(x))) = 0)), false)
  UNION SELECT path FROM ${table} GROUP BY path HAVING count(DISTINCT document) > 1`;
}

/** The views over Parquet files and the table `inputs` (path, file_hash). */
export function viewsSql(parquet: readonly string[]): string {
  return `CREATE VIEW metrics AS
    SELECT inputs.path AS file, lake.* EXCLUDE (file_hash, document, "schema", schema_version)
    FROM read_parquet([${parquet.map(quote).join(', ')}], hive_partitioning = false) AS lake JOIN inputs USING (file_hash);
  CREATE VIEW samples AS
    SELECT * EXCLUDE (samples, n, median), unnest(range(n)) AS sample, unnest(samples) AS value FROM metrics`;
}
