import { describe, expect, it } from 'vitest';
import { acrossSessions, joinSessions } from './sessions.ts';
import { KERNEL_ID, sampleFile, sampleRow, sampleSession } from './testdata/sample-file.ts';

describe('joinSessions', () => {
  it('keeps one entry a case, in the order of first appearance, with the rows of every session', () => {
    const file = sampleFile([
      sampleSession([sampleRow('kernel/a/x', [1]), sampleRow('kernel/b/x', [1])]),
      sampleSession([sampleRow('kernel/b/x', [1]), sampleRow('kernel/c/x', [1])]),
    ]);
    expect(joinSessions(file).map(({ id, rows }) => [id, rows.length])).toEqual([
      ['kernel/a/x', 1],
      ['kernel/b/x', 2],
      ['kernel/c/x', 1],
    ]);
  });

  it('takes each session’s share from its own roofs', () => {
    // 100 flops and 1 byte a ns at the roof; the case does 50 flops and 1 byte in 1 ns: half of the compute roof.
    const roofs = [
      sampleRow('kernel/stream/read:bytes=4', [1], { cost: { flops: 0, bytes: 1 } }),
      sampleRow('kernel/fma/vec4', [1], { cost: { flops: 100, bytes: 0 } }),
    ];
    const half = sampleRow(KERNEL_ID, [1], { cost: { flops: 50, bytes: 0.1 } });
    const joined = joinSessions(sampleFile([sampleSession([...roofs, half]), sampleSession([half])]));
    expect(joined.find((item) => item.id === KERNEL_ID)?.shares).toEqual([
      { share: 0.5, bound: 'compute', arithmetic: 'f32' },
    ]);
  });
});

describe('acrossSessions', () => {
  it('gives one session its own interval and several the range of their medians', () => {
    const one = sampleRow(KERNEL_ID, [10, 11, 12, 13, 14, 15]);
    expect(acrossSessions([one], 'time')).toMatchObject({ sessions: 1, median: 12.5, interval: { lo: 10, hi: 15 } });
    const three = [[1, 2, 3], [7], [4, 4]].map((samples) => sampleRow(KERNEL_ID, samples));
    expect(acrossSessions(three, 'time')).toMatchObject({
      sessions: 3,
      median: 4,
      sessionMedians: [2, 7, 4],
      interval: { lo: 2, hi: 7 },
      samples: 6,
    });
  });

  it('leaves out rows that failed and metrics that are absent', () => {
    const failed = sampleRow(KERNEL_ID, [1], { state: 'failed' });
    expect(acrossSessions([failed, sampleRow(KERNEL_ID, [5])], 'time')).toMatchObject({ sessions: 1, median: 5 });
    expect(acrossSessions([failed], 'time')).toBeNull();
    expect(acrossSessions([sampleRow(KERNEL_ID, [5])], 'ttft')).toBeNull();
  });
});
