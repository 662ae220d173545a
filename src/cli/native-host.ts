// Sessions in Node processes over Dawn, each a fresh one: for machines with a GPU and no browser.
import { join } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import { DEFAULT_OPTIONS, type Options } from '../core/options.ts';
import { openNativeSession, type SessionCommand } from '../native/session-client.ts';
import type { LocatedModel } from '../native/session-protocol.ts';
import { adapterName } from '../report/environment.ts';
import type { SessionHost } from './session-host.ts';

/** The command whose process is one session; it is in no help text. */
export const NATIVE_SESSION = 'native-session';

/** Options that mean something to a browser alone. */
const BROWSER_ONLY = ['connect', 'headed'] as const;

/** Of the built command line in its package, which a bundle keeps in the same place. */
export function nativeCommand(packageFolder: string): SessionCommand {
  return { script: join(packageFolder, 'dist', 'cli', 'fleetmark.js'), args: [NATIVE_SESSION] };
}

/** Of `model`, or else of the options' cases. Throws a UserError for an option or a model that needs a browser. */
export function nativeHost(command: SessionCommand, options: Options, model: LocatedModel | null): SessionHost {
  if (options.model !== '' && !model) {
    throw new UserError(`--model ${options.model}: ONNX files need a browser: leave --lane native out`);
  }
  const odd = BROWSER_ONLY.find((name) => String(options[name]) !== String(DEFAULT_OPTIONS[name]));
  if (odd) throw new UserError(`--${odd} needs a browser: leave it out, or leave --lane native out`);
  return {
    open: async (order, onEvent) => {
      const session = await openNativeSession(command, { ...options, order }, model, onEvent);
      const { environment } = session.described;
      if (!environment) throw new Error('a native session without an adapter is refused when it opens');
      if (options['require-gpu'] && environment.adapter.isSoftware) {
        await session.close();
        const found = adapterName(environment.adapter);
        throw new UserError(`no hardware adapter, and --require-gpu was given: Dawn gives ${found}`, EXIT.noAdapter);
      }
      return {
        environment: { ...environment, ...(options.label === '' ? {} : { label: options.label }) },
        start: session.start,
        cancel: async () => session.cancel(),
        close: session.close,
      };
    },
  };
}
