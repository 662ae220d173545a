import { describe, expect, it } from 'vitest';
import { listKernelCases } from '../../kernels/index.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import type { Row } from '../results/schema.ts';
import { repeatedOnSoftware } from './repeated-kernel.ts';

const ran = (id: string, state: Row['state'] = 'ok'): Row =>
  ({ id, state, kind: 'kernel', startedMs: 0, durationMs: 0, metrics: [], facts: {}, warnings: [] }) as Row;
const small = 'kernel/gemv/units:n=1024;k=1024';
const large = 'kernel/gemv/units:n=4096;k=4096';
const spared = (id: string, seconds: number, rows: readonly Row[], more = {}) =>
  repeatedOnSoftware(id, seconds, rows, { ...DEFAULT_OPTIONS, ...more });

describe('repeatedOnSoftware', () => {
  it('leaves out a slow larger size of what has run, and says what stands for it', () => {
    expect(spared(large, 4, [ran(small)])).toMatch(/4\.0 s.*gemv\/units:n=1024;k=1024 stands for it/);
    expect(spared(large, 1, [ran(small)])).toBeNull();
  });
  it('keeps what nothing stands for: another kernel, another type, a failed one', () => {
    expect(spared(large, 4, [ran('kernel/gemv/naive:n=1024;k=1024')])).toBeNull();
    expect(spared(`${large};type=int4`, 4, [ran(small)])).toBeNull();
    expect(spared(large, 4, [ran(small, 'failed')])).toBeNull();
  });
  it('keeps what was asked for by name, other suites, and the probes that roofs are read from', () => {
    expect(spared(large, 4, [ran(small)], { filter: ['kernel/gemv/*'] })).toBeNull();
    expect(spared(large, 4, [ran(small)], { suite: 'full' })).toBeNull();
    expect(spared('kernel/stream/read:bytes=9999', 4, [ran('kernel/stream/read:bytes=9')])).toBeNull();
  });
  it('spares no variant and no type of one as a whole', () => {
    const ids = listKernelCases().flatMap(({ id, suites }) => (suites.includes('default') ? [id] : []));
    const rows: Row[] = [];
    for (const id of ids) if (spared(id, 1e3, rows) === null) rows.push(ran(id));
    const forms = (of: readonly string[]): Set<string> =>
      new Set(of.map((id) => id.replace(/[a-z]+=[\d.]+;?/g, '').replace(/;$/, '')));
    expect(forms(rows.map(({ id }) => id))).toEqual(forms(ids));
    expect(rows.length).toBeLessThan(ids.length);
  });
});
