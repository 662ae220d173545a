import { describe, expect, it } from 'vitest';
import { formatCaseId, parseCaseId } from '../src/core/case-id.ts';
import { UserError } from '../src/core/errors.ts';
import { guaranteedCaps } from './common/test-caps.test-support.ts';
import { families, findVariant, listKernelCases, planKernel } from './index.ts';

const ids = listKernelCases().map((item) => item.id);

describe('findVariant and planKernel', () => {
  it('finds what is there', () => {
    const id = 'kernel/matmul/register:m=2;n=3;k=4;type=f32';
    const { family, variant, plan } = planKernel(id, guaranteedCaps());
    expect([family.name, variant.name, plan.flops]).toEqual(['matmul', 'register', 48]);
  });
  it.each([
    [
      'kernel/matmull/naive',
      /unknown kernel family 'matmull' \(Did you mean matmul\?\)\. Known: stream, fma, matmul, gemv/,
    ],
    ['kernel/matmul/best', /unknown variant of kernel matmul 'best'\. Known: naive, tiled, /],
    ['decoder/x/y', /unknown kernel path 'decoder\/x\/y'\. Known: kernel\/stream\/…/],
    ['kernel/matmul/naive/more', /unknown kernel path/],
    ['kernel/matmul', /unknown variant of kernel matmul ''/],
  ])('%s lists the known names', (path, message) => {
    expect(() => findVariant(path)).toThrow(message);
    expect(() => findVariant(path)).toThrow(UserError);
  });
  it('passes on what the family says of its parameters', () => {
    expect(() => planKernel('kernel/gemv/naive:n=0;k=4', guaranteedCaps())).toThrow(/gemv: n=0 must be/);
  });
});

describe('the case list', () => {
  it('names each case once, and every id reads back', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      const { path, params } = parseCaseId(id);
      expect(formatCaseId(path, params)).toBe(id);
      expect(() => planKernel(id, guaranteedCaps())).not.toThrow();
    }
  });
  it('holds every case in full, and every variant of every family in default', () => {
    expect(listKernelCases().every((item) => item.suites.includes('full'))).toBe(true);
    const inDefault = listKernelCases().filter((item) => item.suites.includes('default'));
    for (const family of families) {
      for (const variant of family.variants) {
        const path = `kernel/${family.name}/${variant.name}:`;
        expect(
          inDefault.some((item) => item.id.startsWith(path)),
          path,
        ).toBe(true);
      }
    }
  });
  it('smoke is the probes, one matmul and one attention', () => {
    const smoke = listKernelCases().filter((item) => item.suites.includes('smoke'));
    expect(smoke.map((item) => item.id)).toEqual([
      'kernel/stream/read:bytes=4096',
      'kernel/stream/read:bytes=16777216',
      'kernel/stream/read:bytes=268435456',
      'kernel/fma/vec4:threads=16384;steps=1024;type=f32',
      'kernel/fma/vec4:threads=524288;steps=4096;type=f32',
      'kernel/matmul/register:m=256;n=256;k=256;type=f32',
      'kernel/attention/prefill-direct:seq=128;heads=4;kvheads=2;dim=64',
    ]);
  });
});

describe('every plan', () => {
  const plans = ids.map((id) => ({ id, plan: planKernel(id, guaranteedCaps()).plan }));
  it('binds only buffers it declares, uses all of them, and fills every input', () => {
    for (const { id, plan } of plans) {
      const names = plan.buffers.map((buffer) => buffer.name);
      const bound = plan.dispatches.flatMap((dispatch) => dispatch.bindings);
      expect([...new Set(bound)].sort(), id).toEqual([...names].sort());
      for (const buffer of plan.buffers) {
        expect(buffer.bytes % 4, `${id} ${buffer.name}`).toBe(0);
        expect(buffer.fill !== undefined, `${id} ${buffer.name}`).toBe(buffer.role === 'input');
      }
      for (const check of plan.checks) {
        const buffer = plan.buffers.find((item) => item.name === check.buffer)!;
        expect(buffer.role, id).toBe('output');
        const elementBytes = check.format === 'f16' ? 2 : 4;
        expect(elementBytes * check.length, id).toBeLessThanOrEqual(buffer.bytes);
      }
    }
  });
  it('stays within the grid and launches every workgroup it counts', () => {
    for (const { id, plan } of plans) {
      for (const { workgroups, shader } of plan.dispatches) {
        const [x, y, z] = workgroups;
        expect(Math.max(x, y, z), id).toBeLessThanOrEqual(65535);
        expect(x * y * z, id).toBeGreaterThanOrEqual(shader.constants.GROUPS as number);
        expect(shader.constants.GRID_X, id).toBe(x);
      }
    }
  });
  it('moves at least what its inputs and outputs hold', () => {
    for (const { id, plan } of plans) {
      const held = plan.buffers
        .filter((buffer) => buffer.role !== 'scratch')
        .reduce((sum, item) => sum + (item.readBytes ?? item.bytes), 0);
      expect(plan.bytes, id).toBe(held);
    }
  });
});

describe('every shader', () => {
  const shaders = new Map(
    ids.flatMap((id) =>
      planKernel(id, guaranteedCaps()).plan.dispatches.map((step) => [step.shader.source, step.shader]),
    ),
  );
  it('starts by saying what it is', () => {
    for (const source of shaders.keys()) expect(source).toMatch(/^\/\/ \S/);
  });
  it('gives every variable a value: Tint does not zero a bare `var x: T;` again in each round of a loop', () => {
    for (const [source, { label }] of shaders) {
      expect(source.match(/^\s+var\s+\w+\s*:[^=;]*;/m)?.[0], label).toBeUndefined();
    }
  });
  it('is given every constant it names', () => {
    for (const [source, { label, constants }] of shaders) {
      const code = source.replace(/\/\/.*$/gm, '');
      const declared = [...code.matchAll(/\bconst\s+(\w+)/g)].map((match) => match[1]!);
      const named = new Set([...code.matchAll(/\b[A-Z][A-Z0-9_]*\b/g)].map((match) => match[0]));
      const missing = [...named].filter((name) => !declared.includes(name) && !(name in constants));
      expect(missing, label).toEqual([]);
    }
  });
});
