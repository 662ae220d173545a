// Faults in gemv, the probes stream and fma, and the fleet's rollout.
import type { Fault } from './fault.test-support.ts';

export const vectorFaults: readonly Fault[] = [
  {
    name: 'stream read: the last step of a thread is skipped',
    file: 'stream/read.wgsl',
    find: 'i < PER_THREAD; i++',
    replace: 'i + 1u < PER_THREAD; i++',
    tests: '/read',
  },
  {
    name: 'stream copy: threads of a step overlap',
    file: 'stream/copy.wgsl',
    find: '(group * PER_THREAD + i) * 256u + local',
    replace: '(group * PER_THREAD + i) * 255u + local',
    tests: '/copy',
  },
  {
    name: 'fma: one chain of sixteen adds nothing',
    file: 'fma/vec4.wgsl',
    find: 'result[at + 768u] = x3;',
    replace: 'result[at + 768u] = x2;',
  },
  {
    name: 'rollout: a round of the random words too few',
    file: 'rollout/philox.wgsl',
    find: 'round < 10u',
    replace: 'round < 9u',
  },
  {
    name: 'rollout: the alias of a column is never taken',
    file: 'rollout/rollout.wgsl',
    find: 'select(entry.y, column, fraction < entry.x)',
    replace: 'column',
  },
  {
    name: 'rollout: newer domains draw the words of the older',
    file: 'rollout/rollout.wgsl',
    find: 'let newer_words = philox(vec4u(scenario, site * QUARTERS + q, 1u, DOMAINS), key);',
    replace: 'let newer_words = philox(vec4u(scenario, site * QUARTERS + q, 0u, DOMAINS), key);',
  },
];
