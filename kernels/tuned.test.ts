import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from './common/test-caps.test-support.ts';
import { listKernelCases, planKernel } from './index.ts';
import { acceptsAnyKernelId, isTunedId, listAllKernelCases, tuningSpace, whyLess } from './tuned.ts';

const all = listAllKernelCases();
const tuned = all.filter(({ id }) => isTunedId(id));

describe('the tuned cases', () => {
  it('stand beside the written-out ones, one a shape, none in smoke and none of a probe', () => {
    expect(all.length).toBe(listKernelCases().length + tuned.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(tuned.map(({ id }) => id)).toContain('kernel/matmul/tuned:m=1024;n=1024;k=1024;type=f32');
    expect(tuned.filter(({ id, suites }) => suites.includes('smoke') || /stream|fma/.test(id))).toEqual([]);
    expect(tuned.every(({ suites }) => suites.includes('full'))).toBe(true);
  });

  it('have a space of at least two kernels, each of them a case of its own', () => {
    for (const { id } of tuned) {
      const space = tuningSpace(id, guaranteedCaps());
      expect(space.length, id).toBeGreaterThan(1);
      expect(new Set(space.map((point) => point.id)).size, id).toBe(space.length);
      for (const point of space) expect(acceptsAnyKernelId(point.id), point.id).toBe(true);
    }
  });

  it('let nothing win by doing less: candidates do the work of the first', () => {
    for (const { id } of tuned) {
      const plans = tuningSpace(id, guaranteedCaps()).flatMap(({ plan }) => (typeof plan === 'string' ? [] : [plan]));
      const bytes = plans.map((plan) => plan.bytes);
      expect(new Set(plans.map((plan) => plan.flops)).size, id).toBeLessThanOrEqual(1);
      expect(Math.max(...bytes), id).toBeLessThanOrEqual(1.002 * Math.min(...bytes));
    }
  });
});

describe('tuningSpace', () => {
  it('keeps what a device cannot run, with the reason', () => {
    const small = guaranteedCaps({ maxComputeInvocationsPerWorkgroup: 64 });
    const space = tuningSpace('kernel/matmul/tuned:m=64;n=64;k=64;type=f32', small);
    const tiled = space.find(({ variant, point }) => variant === 'tiled' && Object.keys(point).length === 0);
    expect(tiled!.plan).toMatch(/needs 256 invocations/);
    expect(space.some(({ plan }) => typeof plan !== 'string')).toBe(true);
  });

  it('has no candidate of other arithmetic', () => {
    const caps = guaranteedCaps({ languageFeatures: new Set(['packed_4x8_integer_dot_product']) });
    const space = tuningSpace('kernel/matmul/tuned:m=64;n=64;k=64;type=int8', caps);
    const dp4a = space.filter(({ variant }) => variant === 'dp4a');
    expect(dp4a.length).toBeGreaterThan(0);
    for (const { plan } of dp4a) expect(plan).toMatch(/does other work: .*int8 arithmetic, not .*f32 arithmetic/);
    const legal = space.flatMap(({ variant, plan }) => (typeof plan === 'string' ? [] : [variant]));
    expect(legal).toEqual(expect.arrayContaining(['naive', 'tiled', 'register']));
  });

  it('has no candidate of a looser tolerance; a tighter one may stand for the first', () => {
    const planOf = (variant: string) =>
      planKernel(`kernel/softmax/${variant}:rows=512;width=512`, guaranteedCaps()).plan;
    const [loose, tight] = [planOf('naive'), planOf('workgroup')];
    expect(whyLess(tight, loose)).toBeNull();
    expect(whyLess(loose, tight)).toMatch(/looser tolerance: \S+ to nmse 1e-11 and 0.00002 absolute, not nmse 1e-12/);
    const open = { ...tight, checks: tight.checks.map((check) => ({ ...check, tolerance: { nmse: 0 } })) };
    expect(whyLess(open, tight)).toMatch(/looser tolerance/);
  });

  it('refuses a family it cannot choose in, and parameters that no variant takes', () => {
    expect(() => tuningSpace('kernel/stream/tuned:bytes=4096', guaranteedCaps())).toThrow(
      /unknown kernel family to tune 'stream'\. Known: matmul/,
    );
    expect(() => tuningSpace('kernel/matmul/tuned:m=1', guaranteedCaps())).toThrow(/matmul: parameter 'n' is missing/);
  });
});

it('kernels is default without models, and the tuner’s choices', () => {
  const ids = (suite: 'kernels' | 'default') => all.filter(({ suites }) => suites.includes(suite)).map(({ id }) => id);
  expect(ids('kernels').filter((id) => !isTunedId(id))).toEqual(ids('default'));
  expect(ids('default').some(isTunedId)).toBe(false);
  expect(ids('kernels').filter(isTunedId).length).toBeGreaterThan(10);
});

it('decode attention is chosen among all its kernels, though some read their length from a buffer', () => {
  const space = tuningSpace('kernel/attention/tuned:ctx=1024;heads=4;kvheads=2;dim=64', guaranteedCaps());
  const legal = new Set(space.filter(({ plan }) => typeof plan !== 'string').map(({ variant }) => variant));
  expect([...legal]).toEqual(expect.arrayContaining(['decode-naive', 'decode-direct', 'decode-tiled']));
});
