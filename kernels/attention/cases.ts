// Which attention shapes the suites hold. Four heads fit a software adapter; 32 heads over 8 kv heads of width 64 is
// Llama-3.2-1B, 32 over 8 of width 128 Llama-3.1-8B.
import type { FamilyCase } from '../family.ts';

const small = { heads: 4, kvheads: 2, dim: 64 };
const llama1b = { heads: 32, kvheads: 8, dim: 64 };
const llama8b = { heads: 32, kvheads: 8, dim: 128 };
const PREFILL = ['prefill-naive', 'prefill-unfused', 'prefill-direct', 'prefill-tiled'];
const BEST_PREFILL = ['prefill-unfused', 'prefill-tiled'];
const DECODE = ['decode-naive', 'decode-direct', 'decode-tiled'];

export const attentionCases: readonly FamilyCase[] = [
  // Smoke must not wait for a software adapter to compile tiles with barriers, which takes it seconds.
  { variants: ['prefill-direct'], params: { seq: 128, ...small }, suites: ['smoke', 'default', 'full'] },
  {
    variants: ['prefill-naive', 'prefill-unfused', 'prefill-tiled'],
    params: { seq: 128, ...small },
    suites: ['default', 'full'],
  },
  { variants: ['prefill-tiled'], params: { seq: 256, ...small }, suites: ['default', 'full'] },
  { variants: PREFILL, params: { seq: 1024, ...llama1b }, suites: ['default', 'full'] },
  { variants: BEST_PREFILL, params: { seq: 2048, ...llama1b }, suites: ['default', 'full'] },
  { variants: ['prefill-tiled'], params: { seq: 2048, ...llama1b, type: 'f16' }, suites: ['full'] },
  { variants: BEST_PREFILL, params: { seq: 2048, ...llama8b }, suites: ['full'] },
  { variants: DECODE, params: { ctx: 1024, ...small }, suites: ['default', 'full'] },
  { variants: DECODE, params: { ctx: 4096, ...llama1b }, suites: ['default', 'full'] },
  { variants: ['decode-tiled'], params: { ctx: 4096, ...llama1b, cache: 'f16' }, suites: ['default', 'full'] },
  { variants: ['decode-tiled'], params: { ctx: 32768, ...llama1b }, suites: ['full'] },
  { variants: ['decode-tiled'], params: { ctx: 4096, ...llama8b }, suites: ['full'] },
];
