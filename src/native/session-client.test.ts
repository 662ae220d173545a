import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../core/errors.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import type { RunEvent } from '../session/events.ts';
import { openNativeSession } from './session-client.ts';

/** A session process that answers `open` and `start` with these statements. */
function scripted(onOpen: string, onStart = ''): { script: string; args: string[] } {
  const script = join(mkdtempSync(join(tmpdir(), 'fleetmark-test-')), 'session.mjs');
  writeFileSync(
    script,
    `process.on('message', (message) => {
      const tell = (answer) => process.send(answer);
      if (message.type === 'open') { ${onOpen} }
      if (message.type === 'start') { ${onStart} }
      if (message.type === 'cancel') tell({ type: 'ended', file: { cancelled: true } });
    });`,
  );
  return { script, args: [] };
}
const DESCRIBED = `tell({ type: 'described', described: { environment: null, timer: null, problem: String(message.options.seed) } });`;
const open = (command: ReturnType<typeof scripted>, events: RunEvent[] = []) =>
  openNativeSession(command, { ...DEFAULT_OPTIONS, seed: 7 }, null, (event) => events.push(event));

describe('openNativeSession', () => {
  it('hands the options over, passes events on and resolves with the file', async () => {
    const events: RunEvent[] = [];
    const session = await open(
      scripted(
        DESCRIBED,
        `tell({ type: 'event', event: { type: 'phase', id: 'a', phase: 'b', fraction: null } });
         tell({ type: 'ended', file: { id: 'x' } });`,
      ),
      events,
    );
    expect(session.described.problem).toBe('7');
    expect(await session.start()).toEqual({ id: 'x' });
    expect(events).toEqual([{ type: 'phase', id: 'a', phase: 'b', fraction: null }]);
    await session.close();
  });

  it('resolves a run that was cancelled', async () => {
    const session = await open(scripted(DESCRIBED));
    const run = session.start();
    session.cancel();
    expect(await run).toEqual({ cancelled: true });
    await session.close();
  });

  it('keeps a mistake of the user a UserError with its exit code', async () => {
    const refused = open(scripted(`tell({ type: 'failed', message: 'no adapter', exitCode: 4 });`));
    await expect(refused).rejects.toThrow(new UserError('no adapter', 4));
  });

  it('says how the process died, with its last words', async () => {
    const session = await open(
      scripted(DESCRIBED, `console.error('driver gave up'); process.exitCode = 9; process.disconnect();`),
    );
    await expect(session.start()).rejects.toThrow(/ended with code 9[\s\S]*driver gave up/);
    await session.close();
  });

  it('says so when the process cannot be started', async () => {
    await expect(open({ script: '/nowhere/session.mjs', args: [] })).rejects.toThrow(/ended with code 1/);
  });
});
