// The family `fma`: how many multiply-adds a second the arithmetic units do on values in registers. One axis of the local
// roofline, with a roof for each kind of unit. flops = 2 a multiply-add; bytes = inputs and outputs once, which is nothing beside
// the arithmetic. Knows no GPU object.
import type { KernelFamily } from '../family.ts';
import { chainsVariant } from './chains.ts';
import { dp4a } from './dp4a.ts';
import { matrix } from './matrix.ts';

export const fma: KernelFamily = {
  name: 'fma',
  summary: 'multiply-adds in registers: the flop-per-second axis of the roofline',
  variants: [
    chainsVariant('vec4', 4, 'independent vec4 chains a thread'),
    chainsVariant('vec2', 2, 'independent vec2 chains a thread, the width of packed f16 arithmetic'),
    chainsVariant('scalar', 1, 'independent scalar chains a thread'),
    dp4a,
    matrix,
  ],
  cases: [
    { variants: ['vec4'], params: { threads: 16384, steps: 1024, type: 'f32' }, suites: ['smoke', 'default', 'full'] },
    { variants: ['vec4'], params: { threads: 524288, steps: 4096, type: 'f32' }, suites: ['smoke', 'default', 'full'] },
    { variants: ['vec2', 'scalar'], params: { threads: 16384, steps: 1024, type: 'f32' }, suites: ['default', 'full'] },
    { variants: ['vec2', 'scalar'], params: { threads: 524288, steps: 4096, type: 'f32' }, suites: ['full'] },
    { variants: ['vec4', 'vec2'], params: { threads: 524288, steps: 2016, type: 'f16' }, suites: ['default', 'full'] },
    { variants: ['scalar'], params: { threads: 524288, steps: 2016, type: 'f16' }, suites: ['full'] },
    { variants: ['dp4a'], params: { threads: 16384, steps: 1024, type: 'int8' }, suites: ['default', 'full'] },
    { variants: ['dp4a'], params: { threads: 524288, steps: 4096, type: 'int8' }, suites: ['full'] },
    { variants: ['matrix'], params: { subgroups: 4096, steps: 1024, type: 'f16' }, suites: ['default', 'full'] },
  ],
};
