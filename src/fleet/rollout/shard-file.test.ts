import { describe, expect, it } from 'vitest';
import { mergeShards, parseShard, rangeOfShard, readShardFile, type ShardFile } from './shard-file.ts';

const part = (parts: number[], of = 3, change: Partial<ShardFile> = {}) => ({
  name: `${parts.join('+')}.json`,
  file: {
    schema: 'fleetmark.fleet-shard' as const,
    schemaVersion: 1 as const,
    kind: 'rollout' as const,
    inputs: { gpus: 8 },
    seed: 1,
    of,
    parts,
    sketches: {},
    tallies: { n: [parts.length, 1] },
    ...change,
  },
});

describe('parseShard', () => {
  it('reads i/n', () => expect(parseShard('2/8')).toEqual({ index: 2, of: 8 }));
  it.each(['8/8', '-1/8', '1/0', '1', 'a/b', '1/2/3', '0/200000'])('refuses %s', (text) => {
    expect(() => parseShard(text)).toThrow(`--shard ${text}: must be i/n`);
  });
});

it('shares out every item once', () => {
  for (const [items, of] of [
    [10, 3],
    [7, 7],
    [2, 5],
  ] as const) {
    const seen = Array.from({ length: of }, (_, index) => rangeOfShard({ index, of }, items)).flatMap(
      ({ first, count }) => Array.from({ length: count }, (_, i) => first + i),
    );
    expect(seen).toEqual(Array.from({ length: items }, (_, i) => i));
  }
});

describe('mergeShards', () => {
  it('adds tallies and orders parts', () => {
    const merged = mergeShards([part([2]), part([0, 1])]);
    expect(merged).toMatchObject({ parts: [0, 1, 2], of: 3, tallies: { n: [3, 2] } });
  });

  it.each([
    [[part([0]), part([2])], '1 of 3 parts missing: 1/3; run them with --shard'],
    [[part([0]), part([0, 1]), part([2])], 'part 0/3 is in both 0.json and 0+1.json'],
    [[part([0]), part([1], 3, { seed: 2 })], '0.json and 1.json are parts of different runs: seed 1 against 2'],
    [[part([0]), part([1], 3, { inputs: { gpus: 9 } })], 'different runs: inputs {"gpus":8} against {"gpus":9}'],
    [[part([0]), part([1], 2)], 'different runs: of 3 against 2'],
    [[part([0, 1, 2, 3])], 'says it is part 3 of 3'],
    [[], 'nothing to merge'],
  ])('refuses what is no whole run', (shards, message) => {
    expect(() => mergeShards(shards)).toThrow(message);
  });
});

describe('readShardFile', () => {
  it('takes what was written', () => {
    const { file } = part([0]);
    expect(readShardFile('0.json', JSON.parse(JSON.stringify(file)))).toEqual(file);
  });
  it.each([
    [{}, 'x.json is no part of a fleet run: schema'],
    [{ ...part([0]).file, seed: -1 }, 'seed'],
    [
      {
        ...part([0]).file,
        sketches: {
          a: {
            relativeError: 0.01,
            zeros: 0,
            buckets: [
              [2, 1],
              [1, 1],
            ],
          },
        },
      },
      'ascend',
    ],
    ['text', 'x.json is no part of a fleet run'],
  ])('refuses another file', (json, message) => {
    expect(() => readShardFile('x.json', json)).toThrow(message);
  });
});
