import { describe, expect, it } from 'vitest';
import type { CaseOutcome } from '../bench/outcome.ts';
import { UserError } from '../core/errors.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import type { RunEvent } from './events.ts';
import type { Machine } from './machine.ts';
import { runSession, type SessionCase } from './run-session.ts';

const never = new Promise<GPUDeviceLostInfo>(() => {});
function fakeMachine(lost: Promise<GPUDeviceLostInfo> = never, isSoftware = false): Machine {
  return {
    device: { lost } as GPUDevice,
    adapter: { isSoftware } as Machine['adapter'],
    timer: { kind: 'timestamp', quantumNs: 1, clockStepNs: 1, completionNs: 1, gpuOverWall: 1, reason: 'fake' },
    environment: { crossOriginIsolated: true, lane: 'browser' } as Machine['environment'],
  };
}
const ok: CaseOutcome = { state: 'ok', metrics: [], facts: {}, warnings: [] };
function fakeCase(name: string, overrides: Partial<SessionCase> = {}): SessionCase {
  const id = `kernel/fake/${name}`;
  return { id, kind: 'kernel', knownFault: null, budgetShare: 1, estimate: () => 1, run: async () => ok, ...overrides };
}
async function run(
  cases: readonly SessionCase[],
  machine = fakeMachine(),
  controller = new AbortController(),
  reopened: Machine | null = fakeMachine(),
  patienceMs?: number,
) {
  const events: RunEvent[] = [];
  const settings = {
    options: DEFAULT_OPTIONS,
    signal: controller.signal,
    emit: (event: RunEvent) => events.push(structuredClone(event)),
    reopen: async () => reopened,
    disturbance: () => null,
    ...(patienceMs ? { patienceMs } : {}),
  };
  return { session: await runSession(machine, cases, settings), events };
}

describe('runSession', () => {
  it('runs every case in order and tells of each', async () => {
    const { session, events } = await run([fakeCase('a'), fakeCase('b')]);
    expect(session).toMatchObject({ state: 'complete', order: ['kernel/fake/a', 'kernel/fake/b'] });
    expect(session.rows.map((row) => row.state)).toEqual(['ok', 'ok']);
    expect(events.map((event) => event.type)).toEqual(['planned', 'started', 'row', 'started', 'row', 'done']);
    expect(events[1]).toMatchObject({ secondsLeft: 2 });
    expect(events[4]).toMatchObject({ type: 'row', secondsLeft: 0 });
  });
  it('skips a case over the budget with the figures, without running it', async () => {
    const run1 = async () => Promise.reject(new Error('ran'));
    const { session } = await run([fakeCase('slow', { estimate: () => 99, run: run1 })]);
    expect(session.rows[0]).toMatchObject({ state: 'skipped' });
    expect(session.rows[0]!.reason).toMatch(/99 s .* budget of 10 s/);
  });
  it('leaves out a case that what has run spares, and counts no time for it', async () => {
    const spared = (rows: readonly { id: string }[]) => (rows.length > 0 ? `${rows[0]!.id} stands for it` : null);
    const { session, events } = await run([fakeCase('a', { spared }), fakeCase('b', { spared })]);
    expect(session.rows).toMatchObject([{ state: 'ok' }, { state: 'skipped', reason: 'kernel/fake/a stands for it' }]);
    expect(events.filter(({ type }) => type === 'row')[0]).toMatchObject({ secondsLeft: 0 });
  });
  it('keeps going after an error and keeps its message', async () => {
    const { session } = await run([
      fakeCase('bad', { run: async () => Promise.reject(new Error('boom')) }),
      fakeCase('b'),
    ]);
    expect(session.rows).toMatchObject([{ state: 'error', reason: 'boom' }, { state: 'ok' }]);
  });
  it('marks a known fault as expected, and says so', async () => {
    const failed: CaseOutcome = { ...ok, state: 'failed', reason: 'wrong' };
    const { session } = await run([fakeCase('known', { knownFault: 'bug 7', run: async () => failed })]);
    expect(session.rows[0]).toMatchObject({ expectedFailure: true, reason: 'wrong (known: bug 7)' });
  });
  it('hands bad input to the caller instead of making a row of it', async () => {
    const bad = fakeCase('model', { kind: 'model', run: async () => Promise.reject(new UserError('no such dim')) });
    await expect(run([bad])).rejects.toThrow('no such dim');
  });
  it('makes a row of a listed case that its runtime refuses, and goes on', async () => {
    const refused = async () => Promise.reject(new UserError('7 + 9 tokens are more than this decoder’s context of 8'));
    const { session } = await run([fakeCase('refused', { kind: 'decoder', run: refused }), fakeCase('b')]);
    expect(session.state).toBe('complete');
    expect(session.rows.map(({ state }) => state)).toEqual(['error', 'ok']);
    expect(session.rows[0]!.reason).toContain('context of 8');
  });
  it('keeps finished rows when cancelled and makes no row of the half-done case', async () => {
    const controller = new AbortController();
    const cancelling = fakeCase('half', {
      run: async (_, hooks) => {
        controller.abort();
        hooks.signal.throwIfAborted();
        return ok;
      },
    });
    const { session } = await run([fakeCase('a'), cancelling, fakeCase('c')], fakeMachine(), controller);
    expect(session.state).toBe('cancelled');
    expect(session.rows.map((row) => row.id)).toEqual(['kernel/fake/a']);
  });
  it('opens the device again after it was lost and records it', async () => {
    const lost = Promise.resolve({ reason: 'unknown', message: 'gone' } as GPUDeviceLostInfo);
    const { session } = await run([fakeCase('a'), fakeCase('b')], fakeMachine(lost));
    expect(session.rows).toHaveLength(2);
    expect(session.warnings).toEqual([{ name: 'adapter-changed', detail: 'after kernel/fake/a' }]);
  });
  it('is crashed, not complete, when the device cannot be opened again', async () => {
    const lost = Promise.resolve({ reason: 'unknown', message: 'gone' } as GPUDeviceLostInfo);
    const { session } = await run([fakeCase('a'), fakeCase('b')], fakeMachine(lost), new AbortController(), null);
    expect(session.state).toBe('crashed');
    expect(session.rows.map((row) => row.id)).toEqual(['kernel/fake/a']);
  });
  it('gives up a case that no longer answers, opens the device again and goes on', async () => {
    const stuck = fakeCase('stuck', { run: () => new Promise<never>(() => {}) });
    const { session } = await run([stuck, fakeCase('b')], fakeMachine(), new AbortController(), fakeMachine(), 1);
    expect(session.state).toBe('complete');
    expect(session.rows).toMatchObject([{ state: 'error', reason: 'no answer for 1 s: given up' }, { state: 'ok' }]);
    const detail = 'after kernel/fake/stuck, which gave no answer';
    expect(session.warnings).toEqual([{ name: 'adapter-changed', detail }]);
  });
  it('is crashed after a third case without an answer', async () => {
    const stuck = (name: string) => fakeCase(name, { run: () => new Promise<never>(() => {}) });
    const cases = ['a', 'b', 'c', 'd'].map(stuck);
    const { session } = await run(cases, fakeMachine(), new AbortController(), fakeMachine(), 1);
    expect(session.state).toBe('crashed');
    expect(session.rows).toHaveLength(3);
  });
  it('labels a software adapter', async () => {
    const { session } = await run([fakeCase('a')], fakeMachine(never, true));
    expect(session.warnings.map((warning) => warning.name)).toEqual(['software-adapter']);
  });
});
