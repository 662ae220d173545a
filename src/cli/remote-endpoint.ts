// `--connect` as given → where to connect and what to call that device; and what a failed connection means. Pure.
import { createRequire } from 'node:module';
import { UserError } from '../core/errors.ts';

export interface Endpoint {
  /** Name of the device in files and tables; null where none was given. */
  readonly label: string | null;
  /** ws:// or wss://, without the launch options. */
  readonly url: string;
  /** For messages: no query, which may hold a token. */
  readonly shown: string;
  /** Playwright launch options from the address's `launch-options`, e.g. `{"channel":"chrome"}`. */
  readonly launch: Readonly<Record<string, unknown>>;
}

const LAUNCH_PARAMETER = 'launch-options';

/** `[label=]ws://host:port/path`. Throws a UserError that shows the form. */
export function parseEndpoint(given: string): Endpoint {
  const [, label, address] = /^(?:([^=/]+)=)?(.*)$/s.exec(given)!;
  const url = URL.canParse(address!) ? new URL(address!) : null;
  if (url?.protocol !== 'ws:' && url?.protocol !== 'wss:') {
    throw new UserError(
      `--connect '${given}': must be [label=]ws://host:port/, the address that \`npx playwright run-server --port 9333\` prints on the other machine`,
    );
  }
  const launch = parseLaunch(url.searchParams.get(LAUNCH_PARAMETER), given);
  url.searchParams.delete(LAUNCH_PARAMETER);
  return { label: label ?? null, url: url.href, shown: `${url.protocol}//${url.host}${url.pathname}`, launch };
}

/** All endpoints, each with a label when there are several. Throws a UserError for a label given twice. */
export function parseEndpoints(given: readonly string[]): Endpoint[] {
  const endpoints = given.map(parseEndpoint);
  if (endpoints.length < 2) return endpoints;
  const labelled = endpoints.map((endpoint, i) => ({ ...endpoint, label: endpoint.label ?? `device-${i + 1}` }));
  const twice = labelled.find(({ label }, i) => labelled.findIndex((other) => other.label === label) < i);
  if (twice) throw new UserError(`--connect: two devices are called '${twice.label}'; give each a label of its own`);
  return labelled;
}

function parseLaunch(text: string | null, given: string): Endpoint['launch'] {
  if (text === null) return {};
  try {
    const launch: unknown = JSON.parse(text);
    if (typeof launch === 'object' && launch !== null && !Array.isArray(launch)) return launch as Endpoint['launch'];
  } catch {
    // Told below, together with JSON of another kind.
  }
  throw new UserError(`--connect '${given}': ${LAUNCH_PARAMETER} must be a JSON object, e.g. {"channel":"chrome"}`);
}

export interface ConnectProblem {
  readonly text: string;
  /** True when another browser on the same server may do. */
  readonly tryNext: boolean;
}

/** What Playwright's message means and what to do about it. */
export function connectProblem({ shown }: Endpoint, message: string): ConnectProblem {
  const server = /server version: v(\S+)/.exec(message)?.[1];
  if (server) return { tryNext: false, text: versionText(shown, server, playwrightVersion()) };
  if (/Executable doesn't exist|is not found at|Failed to launch|has been closed/.test(message)) {
    return { tryNext: true, text: `  ${firstLine(message)}` };
  }
  return {
    tryNext: false,
    text: `${shown}: no connection (${firstLine(message)}). Is the server running there (npx playwright@${playwrightVersion()} run-server), and the port open to this machine?`,
  };
}

function versionText(shown: string, server: string, own: string): string {
  return `${shown}: the server there is Playwright ${server}, this is ${own}: both must agree up to the second number. Start there: npx playwright@${own} run-server`;
}

function playwrightVersion(): string {
  return (createRequire(import.meta.url)('playwright/package.json') as { version: string }).version;
}

function firstLine(message: string): string {
  return message
    .trim()
    .split('\n', 1)[0]!
    .replace(/^browserType\.connect: /, '');
}
