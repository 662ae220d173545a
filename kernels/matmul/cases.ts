// Which matmul shapes the suites hold. Small cubes fit a software adapter; from 1024³ on a real GPU is meant.
import type { Params } from '../../src/core/case-id.ts';
import type { FamilyCase } from '../family.ts';
import type { ElementType } from './problem.ts';

const shape = (m: number, n: number, k: number, type: ElementType | 'i8' = 'f32'): Params => ({ m, n, k, type });
const cube = (size: number, type: ElementType | 'i8' = 'f32'): Params => shape(size, size, size, type);
const ALL = ['naive', 'tiled', 'register', 'direct', 'broadcast'];
const BLOCKED = ['register', 'direct', 'broadcast'];

const SMOKE = ['smoke', 'default', 'full'] as const;
const DEFAULT = ['default', 'full'] as const;
const FULL = ['full'] as const;

export const matmulCases: readonly FamilyCase[] = [
  { variants: ['register'], params: cube(256), suites: SMOKE },
  { variants: ['naive', 'tiled', 'direct', 'broadcast'], params: cube(256), suites: DEFAULT },
  { variants: BLOCKED, params: cube(512), suites: DEFAULT },
  { variants: ['naive', 'tiled'], params: cube(512), suites: FULL },
  { variants: ALL, params: cube(1024), suites: DEFAULT },
  { variants: BLOCKED, params: cube(2048), suites: DEFAULT },
  { variants: BLOCKED, params: cube(4096), suites: DEFAULT },
  { variants: ['naive', 'tiled'], params: cube(2048), suites: FULL },
  ...(['f16', 'int8', 'int4'] as const).flatMap((type): FamilyCase[] => [
    { variants: BLOCKED, params: cube(512, type), suites: FULL },
    { variants: BLOCKED, params: cube(2048, type), suites: FULL },
    { variants: BLOCKED, params: cube(4096, type), suites: FULL },
  ]),
  // A Llama-3.2-1B layer's shapes for a 512-token prompt: attention output and MLP up-projection.
  { variants: BLOCKED, params: shape(512, 2048, 2048), suites: FULL },
  { variants: BLOCKED, params: shape(512, 8192, 2048), suites: FULL },
  { variants: BLOCKED, params: shape(512, 8192, 2048, 'int4'), suites: FULL },
  // A small C from a long K: too few tiles to fill a device.
  { variants: ['register', 'split-k'], params: shape(64, 256, 4096), suites: DEFAULT },
  // A few sequences decoded together: B is read once for all of them.
  ...(['f32', 'f16', 'int8', 'int4'] as const).map(
    (type): FamilyCase => ({
      variants: ['batch', 'broadcast'],
      params: shape(4, 2048, 2048, type),
      suites: type === 'int4' ? DEFAULT : FULL,
    }),
  ),
  { variants: ['batch', 'broadcast'], params: shape(8, 8192, 2048, 'int4'), suites: FULL },
  ...(['i8', 'int8', 'int4'] as const).flatMap((type): FamilyCase[] => [
    { variants: ['dp4a'], params: cube(512, type), suites: type === 'int8' ? DEFAULT : FULL },
    { variants: ['dp4a'], params: cube(2048, type), suites: FULL },
    { variants: ['dp4a'], params: cube(4096, type), suites: FULL },
  ]),
  { variants: ['matrix'], params: cube(512, 'f16'), suites: DEFAULT },
  { variants: ['matrix'], params: cube(2048, 'f16'), suites: DEFAULT },
  { variants: ['matrix'], params: cube(4096, 'f16'), suites: FULL },
  { variants: ['matrix'], params: shape(1021, 1019, 1013, 'f16'), suites: FULL },
  // Primes: every edge path at a size that means something.
  { variants: BLOCKED, params: shape(1021, 1019, 1013), suites: FULL },
];
