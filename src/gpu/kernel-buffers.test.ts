import { describe, expect, it } from 'vitest';
import type { BufferPlan, KernelPlan } from '../../kernels/family.ts';
import { copiesOf, cycledBytes } from './kernel-buffers.ts';

const MIB = 2 ** 20;
const planOf = (...buffers: Partial<BufferPlan>[]): KernelPlan => ({
  buffers: buffers.map((item, i) => ({ name: `b${i}`, role: 'input', bytes: 4, ...item })),
  dispatches: [],
  checks: [],
  flops: 0,
  bytes: 0,
});

describe('copies of what rotates', () => {
  it('are as many as take it past the caches, within memory', () => {
    expect(copiesOf(planOf({ bytes: 64 * MIB }))).toBe(1);
    expect(copiesOf(planOf({ bytes: 64 * MIB, rotates: true }))).toBe(8);
    expect(copiesOf(planOf({ bytes: 1024 * MIB, rotates: true }))).toBe(1);
    expect(copiesOf(planOf({ rotates: true }))).toBe(256);
  });

  it('are counted by what is read of it, and held to memory by all of it', () => {
    const weights = { bytes: 64 * MIB, readBytes: 4 * MIB, rotates: true };
    expect(copiesOf(planOf(weights))).toBe(16);
    expect(cycledBytes(planOf(weights, { bytes: MIB }), 16)).toBe(65 * MIB);
    expect(copiesOf(planOf({ ...weights, bytes: 8 * MIB }))).toBe(128);
    expect(copiesOf(planOf({ ...weights, readBytes: 0 }))).toBe(1);
  });
});
