// Which matmul shapes the suites hold. Small cubes fit a software adapter; from 1024³ on a real GPU is meant.
import type { FamilyCase } from '../family.ts';

const cube = (size: number) => ({ m: size, n: size, k: size, type: 'f32' });
const ALL = ['naive', 'tiled', 'register', 'direct'];
const BLOCKED = ['register', 'direct'];

export const matmulCases: readonly FamilyCase[] = [
  { variants: ['register'], params: cube(256), suites: ['smoke', 'default', 'full'] },
  { variants: ['naive', 'tiled', 'direct'], params: cube(256), suites: ['default', 'full'] },
  { variants: BLOCKED, params: cube(512), suites: ['default', 'full'] },
  { variants: ['naive', 'tiled'], params: cube(512), suites: ['full'] },
  { variants: ALL, params: cube(1024), suites: ['default', 'full'] },
  { variants: BLOCKED, params: cube(2048), suites: ['default', 'full'] },
  { variants: BLOCKED, params: cube(4096), suites: ['default', 'full'] },
  { variants: ['naive', 'tiled'], params: cube(2048), suites: ['full'] },
  // A Llama-3.2-1B layer's shapes for a 512-token prompt: attention output and MLP up-projection.
  { variants: BLOCKED, params: { m: 512, n: 2048, k: 2048, type: 'f32' }, suites: ['full'] },
  { variants: BLOCKED, params: { m: 512, n: 8192, k: 2048, type: 'f32' }, suites: ['full'] },
  // Primes: every edge path at a size that means something.
  { variants: BLOCKED, params: { m: 1021, n: 1019, k: 1013, type: 'f32' }, suites: ['full'] },
];
