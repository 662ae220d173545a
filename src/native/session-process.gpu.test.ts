import { expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { readResultFile } from '../results/read.ts';
import type { RunEvent } from '../session/events.ts';
import { openNativeMachine } from './machine.ts';
import { runNativeSession } from './session-process.ts';

it('runs listed and unlisted kernel cases and leaves a valid file of the native lane', async () => {
  const machine = await openNativeMachine();
  const unlisted = 'kernel/matmul/naive:m=5;n=7;k=3;type=f32';
  const options = {
    ...DEFAULT_OPTIONS,
    lane: 'native',
    samples: 2,
    filter: ['kernel/stream/read:bytes=4096', unlisted],
  };
  const events: RunEvent[] = [];
  const file = await runNativeSession(machine, options, null, new AbortController().signal, (event) =>
    events.push(event),
  );
  const read = readResultFile(JSON.stringify(file), 'native.json');
  expect(read.environment).toMatchObject({ lane: 'native', browser: { name: 'Node', version: process.versions.node } });
  expect(read.sessions[0]!.rows.map(({ id, state }) => [id, state])).toEqual([
    ['kernel/stream/read:bytes=4096', 'ok'],
    [unlisted, 'ok'],
  ]);
  expect(events.map(({ type }) => type).filter((type) => type !== 'phase')).toEqual([
    'planned',
    'started',
    'row',
    'started',
    'row',
    'done',
  ]);
  machine.device.destroy();
});
