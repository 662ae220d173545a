import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { KERNEL_ID, sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { IDLE } from './run-progress.ts';
import * as state from './state.ts';

describe('readAddress', () => {
  it('reads settings from the query', () => {
    const { options, problem } = state.readAddress('?suite=smoke&filter=a&filter=b&autostart=1');
    expect(problem).toBeNull();
    expect(options).toMatchObject({ suite: 'smoke', filter: ['a', 'b'], autostart: true });
  });

  it('falls back to the defaults and says what is wrong', () => {
    const { options, problem } = state.readAddress('?suit=smoke');
    expect(options).toEqual(DEFAULT_OPTIONS);
    expect(problem).toContain("'suit'");
    expect(state.readAddress('?suite=huge').problem).toContain('smoke, default, full');
  });
});

it('names the view of a hash, the first one for anything else', () => {
  expect(['#result', '#compare', '#fleet?x', '', '#other'].map(state.viewOf)).toEqual([
    'result',
    'compare',
    'fleet',
    'run',
    'run',
  ]);
});

describe('pageState', () => {
  it('goes from idle over ready and running to the end', () => {
    const { environment } = sampleFile([]);
    const session = sampleSession([sampleRow(KERNEL_ID, [1])]);
    expect(state.pageState.value).toBe('idle');
    state.described.value = { environment, timer: null, problem: null };
    expect([state.pageState.value, state.startable.value]).toEqual(['ready', true]);
    state.progress.value = { ...IDLE, phase: 'cancelling' };
    expect([state.pageState.value, state.startable.value]).toEqual(['running', false]);
    state.runStamp.value = { id: 'run-1', createdAt: '2026-11-22T20:00:00.000Z' };
    state.progress.value = { ...IDLE, phase: 'done', session };
    expect([state.pageState.value, state.startable.value]).toEqual(['done', true]);
    expect(state.shownFile.value).toMatchObject({ id: 'run-1', sessions: [session] });
    state.openedFile.value = { name: 'old.json', file: sampleFile([]) };
    expect(state.shownFile.value?.id).toBe('file-1');
    state.addressProblem.value = 'unknown setting';
    expect(state.startable.value).toBe(false);
  });

  it('is an error without an adapter', () => {
    state.addressProblem.value = null;
    state.progress.value = IDLE;
    state.described.value = { environment: null, timer: null, problem: 'no adapter' };
    expect([state.pageState.value, state.startable.value]).toEqual(['error', false]);
  });
});
