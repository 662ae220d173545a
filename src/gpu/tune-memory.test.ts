import { describe, expect, it } from 'vitest';
import type { KernelPlan } from '../../kernels/family.ts';
import type { SpacePoint } from '../../kernels/tuned.ts';
import type { TuningTable } from '../bench/outcome.ts';
import type { AdapterFacts } from './device.ts';
import { recall, remember, type TuneStorage, tuneKey } from './tune-memory.ts';

const adapter = { vendor: 'v', architecture: 'a', device: '', description: 'GPU 1' } as AdapterFacts;
function point(source: string, workgroups: [number, number, number] = [1, 1, 1]): SpacePoint {
  const shader = { label: 'l', source, constants: {} };
  return {
    id: 'k',
    variant: 'v',
    point: {},
    plan: { dispatches: [{ shader, bindings: [], workgroups }] } as unknown as KernelPlan,
  };
}
const table: TuningTable = { chosen: 'k', seconds: 1, ended: 'confident', candidates: [{ id: 'k', state: 'chosen' }] };

describe('tuneKey', () => {
  it('changes with shader, launch, host and adapter, and with nothing else', async () => {
    const key = (space: SpacePoint[], host = 'Chrome 156', facts = adapter) => tuneKey('id', space, facts, host);
    const base = await key([point('x')]);
    expect(base).toMatch(/^v a GPU 1 \| Chrome 156 \| id \| [0-9a-f]{24}$/);
    expect(await key([point('x')])).toBe(base);
    const others = [
      await key([point('y')]),
      await key([point('x', [2, 1, 1])]),
      await key([point('x'), point('z')]),
      await key([{ ...point('x'), plan: 'does not fit' }]),
      await key([point('x')], 'Chrome 157'),
      await key([point('x')], 'Chrome 156', { ...adapter, description: 'GPU 2' }),
    ];
    expect(new Set([base, ...others]).size).toBe(7);
  });
});

describe('recall and remember', () => {
  const memory = new Map<string, string>();
  const storage: TuneStorage = {
    read: async (key) => memory.get(key) ?? null,
    write: async (key, text) => void memory.set(key, text),
  };
  it('gives back the whole table, and null for what is not there or is no table', async () => {
    await remember(storage, 'a', table);
    expect(await recall(storage, 'a')).toEqual(table);
    expect(await recall(storage, 'b')).toBeNull();
    for (const text of ['{', 'null', '{"chosen":1}']) {
      memory.set('c', text);
      expect(await recall(storage, 'c')).toBeNull();
    }
  });
  it('keeps no table without a choice, and lives with storage that fails', async () => {
    await remember(storage, 'd', { ...table, chosen: null });
    expect(memory.has('d')).toBe(false);
    const broken: TuneStorage = {
      read: () => Promise.reject(new Error('x')),
      write: () => Promise.reject(new Error('y')),
    };
    await remember(broken, 'a', table);
    expect(await recall(broken, 'a')).toBeNull();
  });
});
