// Runs a file of GPU tests outside the test runner, freshly loaded with one source file edited: what a planted fault is
// tried on. The tests themselves are the rooms' own files, unchanged.
import { createServer, createServerModuleRunner, type Plugin, type ViteDevServer } from 'vite';
import { expect } from 'vitest';

type Body = () => unknown;

interface CollectedTest {
  readonly name: string;
  readonly run: Body;
}

interface Collected {
  readonly before: Body[];
  readonly after: Body[];
  readonly tests: CollectedTest[];
}

/** The edit in force: a file's path below the root and its text. */
export interface Edit {
  readonly file: string;
  readonly text: string;
}

export interface Verdict {
  /** The first test that failed and its message's first line; null when all passed. */
  readonly caught: { readonly test: string; readonly message: string } | null;
  readonly ran: number;
}

export interface SuiteRunner {
  /** Names of the tests of a file (a path below the root), in its order. */
  names(suite: string): Promise<readonly string[]>;
  /** Runs those tests of a file whose name holds `tests`, until one fails. Throws when no test has such a name. */
  run(suite: string, tests: string, edit: Edit | null): Promise<Verdict>;
  close(): Promise<void>;
}

const VITEST = '\0collected-vitest';
/** Where the stand-in for vitest finds what to collect into. */
const SLOT = 'fleetmarkCollected';
const STAND_IN = `
const { describe, it, beforeAll, afterAll, expect } = globalThis.${SLOT};
export { describe, it, it as test, beforeAll, afterAll, expect };
`;

export async function openSuiteRunner(root: string): Promise<SuiteRunner> {
  let edit: Edit | null = null;
  const plugin: Plugin = {
    name: 'planted-faults',
    enforce: 'pre',
    resolveId: (id) => (id === 'vitest' ? VITEST : null),
    load: (id) => {
      if (id === VITEST) return STAND_IN;
      if (edit === null || id.split('?', 1)[0] !== `${root}/${edit.file}`) return null;
      return `export default ${JSON.stringify(edit.text)};`;
    },
  };
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { noExternal: ['vitest'] },
    plugins: [plugin],
  });
  const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
  const collectSuite = (suite: string, given: Edit | null): Promise<Collected> => {
    edit = given;
    server.environments.ssr.moduleGraph.invalidateAll();
    runner.clearCache();
    return collect(() => runner.import(`/${suite}`));
  };
  return {
    names: async (suite) => (await collectSuite(suite, null)).tests.map(({ name }) => name),
    run: async (suite, tests, given) => runUntilFailure(await collectSuite(suite, given), tests, suite),
    close: () => closeAll(server, runner),
  };
}

async function closeAll(server: ViteDevServer, runner: { close(): Promise<void> }): Promise<void> {
  await runner.close();
  await server.close();
}

/** What a test file hands to the stand-in for vitest. */
async function collect(load: () => Promise<unknown>): Promise<Collected> {
  const collected: Collected = { before: [], after: [], tests: [] };
  const trail: string[] = [];
  const add = (name: string, run: Body): void => {
    collected.tests.push({ name: [...trail, name].join(' › '), run });
  };
  const each = (rows: readonly unknown[]) => (name: string, body: (...row: unknown[]) => unknown) => {
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      add(`${name} ${JSON.stringify(values)}`, () => body(...values));
    }
  };
  const describe = (name: string, body: Body): void => {
    trail.push(name);
    body();
    trail.pop();
  };
  const hooks = {
    describe,
    it: Object.assign(add, { each }),
    beforeAll: (body: Body) => collected.before.push(body),
    afterAll: (body: Body) => collected.after.push(body),
    expect,
  };
  Object.assign(globalThis, { [SLOT]: hooks });
  await load();
  return collected;
}

async function runUntilFailure({ before, after, tests }: Collected, wanted: string, suite: string): Promise<Verdict> {
  const chosen = tests.filter(({ name }) => name.includes(wanted));
  if (chosen.length === 0) throw new Error(`no test of ${suite} has '${wanted}' in its name`);
  for (const body of before) await body();
  try {
    for (const [index, { name, run }] of chosen.entries()) {
      try {
        await run();
      } catch (error) {
        const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
        return { caught: { test: name, message }, ran: index + 1 };
      }
    }
    return { caught: null, ran: chosen.length };
  } finally {
    for (const body of after) await body();
  }
}
