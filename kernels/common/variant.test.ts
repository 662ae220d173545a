import { expect, it } from 'vitest';
import { readParams, size } from './params.ts';
import { guaranteedCaps } from './test-caps.test-support.ts';
import { defineVariant } from './variant.ts';

const variant = defineVariant({
  name: 'plain',
  idea: 'for the test',
  read: (params) => readParams('demo', params, { n: size() }),
  needs: ({ n }) => ({ invocations: 128, workgroupBytes: 4 * n, features: ['subgroups'] }),
  plan: ({ n }) => ({
    buffers: [{ name: 'x', role: 'output', bytes: 16 * n }],
    dispatches: [],
    checks: [],
    flops: n,
    bytes: n,
  }),
});

it('allows what the device can hold', () => {
  expect(variant.illegal({ n: 16 }, guaranteedCaps())).toBeNull();
});

it.each([
  [16, { features: new Set<string>() }, "needs the feature 'subgroups', which this device lacks"],
  [16, { maxComputeInvocationsPerWorkgroup: 64 }, 'needs 128 invocations a workgroup; this device allows 64'],
  [5000, {}, 'needs 20000 bytes of workgroup memory; this device allows 16384'],
  [1000, { maxStorageBufferBindingSize: 1024 }, "buffer 'x' is 16000 bytes; this device binds at most 1024"],
])('names the limit that n=%i breaks on %j', (n, changes, reason) => {
  expect(variant.illegal({ n }, guaranteedCaps(changes))).toBe(reason);
});

it('throws on bad parameters, from both sides', () => {
  expect(() => variant.illegal({ n: 0 }, guaranteedCaps())).toThrow(/n=0 must be/);
  expect(() => variant.plan({}, guaranteedCaps())).toThrow(/parameter 'n' is missing/);
});
