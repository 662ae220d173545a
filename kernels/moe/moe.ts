// The family `moe`: a mixture of experts. route: each token's `top` experts by logit and their weights, as OLMoE
// (gate=softmax: probabilities among all, as they stand), Mixtral, Qwen and gpt-oss (top: softmax over the chosen) and
// DeepSeek-V3 (sigmoid, over its sum) do. naive, gather, grouped: y[slot] = W[expert]·x, a slot being one token's choice of
// one expert, W [expert][n][k] in f32, f16, or the blocks of src/core/quantised.ts; x a row a token (gate and up) or a slot
// (down). combine: Σ weight·x over a token's slots. Products: flops = 2·tokens·top·n·k; bytes = the chosen experts'
// weights once, x, the choice and y. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { defineVariant } from '../common/variant.ts';
import type { KernelFamily } from '../family.ts';
import { combinePlan, readCombine, readRoute, routePlan } from './gate.ts';
import { gatherPlan, groupedPlan, naivePlan, readGather, readProduct } from './product.ts';

/** OLMoE-1B-7B: 64 experts of 8, hidden 2048, 1024 wide; gpt-oss-20b: 32 of 4, 2880 wide. */
const OLMOE = { experts: 64, top: 8 };
const SMALL = { experts: 8, top: 2, n: 256, k: 256 };

export const moe: KernelFamily = {
  name: 'moe',
  summary: 'mixture of experts: choice of experts, their products, and the sum of their answers',
  variants: [
    defineVariant({
      name: 'route',
      idea: 'one workgroup a token; an expert’s rank is the number of those before it',
      read: readRoute,
      needs: ({ experts, top }) => ({ invocations: 64, workgroupBytes: 4 * (experts + top + 64 + 16) }),
      plan: routePlan,
    }),
    defineVariant({
      name: 'naive',
      idea: 'one thread an output',
      read: readProduct,
      needs: () => ({ invocations: 64 }),
      plan: naivePlan,
    }),
    defineVariant({
      name: 'gather',
      idea: 'for few tokens: each slot streams its expert’s rows, a team of threads four at a time',
      read: readGather,
      fault: ({ team, threads }) =>
        threads % team === 0 ? null : `threads=${threads} must be a multiple of team=${team}`,
      needs: ({ team, threads }) => ({ invocations: threads, workgroupBytes: team > 1 ? 16 * threads : 0 }),
      tuning: (): Params[] => [
        { team: 1, threads: 16 },
        { team: 4 },
        { team: 8 },
        { team: 32 },
        { team: 64 },
        { team: 32, threads: 128 },
      ],
      plan: gatherPlan,
    }),
    defineVariant({
      name: 'grouped',
      idea: 'for many tokens: slots sorted by expert on the GPU, then tiles of 32 slots of one expert by 64 outputs',
      read: readProduct,
      needs: ({ experts }) => ({ invocations: 256, workgroupBytes: Math.max(16 * 32 * 24, 8 * experts + 4) }),
      plan: groupedPlan,
    }),
    defineVariant({
      name: 'combine',
      idea: 'four elements a thread',
      read: readCombine,
      needs: () => ({ invocations: 256 }),
      plan: combinePlan,
    }),
  ],
  cases: [
    { variants: ['route'], params: { tokens: 512, ...OLMOE, gate: 'softmax' }, suites: ['default', 'full'] },
    { variants: ['naive', 'gather'], params: { tokens: 1, ...SMALL, type: 'f32' }, suites: ['default', 'full'] },
    { variants: ['grouped'], params: { tokens: 64, ...SMALL, type: 'f32' }, suites: ['default', 'full'] },
    {
      variants: ['gather'],
      params: { tokens: 1, ...OLMOE, n: 1024, k: 2048, type: 'int4' },
      suites: ['default', 'full'],
    },
    { variants: ['gather'], params: { tokens: 1, ...OLMOE, n: 1024, k: 2048, type: 'int8' }, suites: ['full'] },
    { variants: ['grouped'], params: { tokens: 512, ...OLMOE, n: 1024, k: 2048, type: 'int4' }, suites: ['full'] },
    { variants: ['combine'], params: { tokens: 512, top: 8, n: 2048 }, suites: ['default', 'full'] },
  ],
};
