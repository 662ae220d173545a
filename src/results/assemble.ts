// Puts sessions of one machine and build together into a result file. The page and the runner both end here.
import { buildInfo } from '../core/build-info.ts';
import { nonDefaultOptions, type Options } from '../core/options.ts';
import { type Environment, type ResultFile, SCHEMA_NAME, SCHEMA_VERSION, type Session } from './schema.ts';

export interface ResultParts {
  /** UUID. */
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly environment: Environment;
  readonly options: Options;
  readonly sessions: readonly Session[];
}

export function assembleResultFile({ id, createdAt, environment, options, sessions }: ResultParts): ResultFile {
  return {
    schema: SCHEMA_NAME,
    schemaVersion: SCHEMA_VERSION,
    id,
    createdAt,
    tool: { name: 'fleetmark', ...buildInfo },
    environment,
    plan: { suite: options.suite, seed: options.seed, nonDefault: nonDefaultOptions(options) },
    sessions: [...sessions],
  };
}

/** `rtx-4090_1a2b3c4_2026-11-22T21-50-56.json`: label or adapter, commit, time; safe on every file system. */
export function resultFileName(file: ResultFile): string {
  const { label, adapter } = file.environment;
  const name = [label ?? '', adapter.description, adapter.device, adapter.architecture, adapter.vendor].find(
    (text) => text !== '',
  );
  const slug = (name ?? 'unknown-adapter')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  const commit = file.tool.commit?.slice(0, 7) ?? file.tool.version;
  const time = file.createdAt.slice(0, 19).replaceAll(':', '-');
  return `${slug}_${commit}${file.tool.dirty ? '-dirty' : ''}_${time}.json`;
}
