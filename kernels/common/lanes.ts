// How a unit of threads adds up without a barrier where it can: the WGSL of unitSum and unitSum4. Knows no family.
import alone from './lanes-alone.wgsl?raw';
import memory from './lanes-memory.wgsl?raw';
import shuffle from './lanes-shuffle.wgsl?raw';
import subgroup from './lanes-subgroup.wgsl?raw';

export interface LaneFacts {
  /** Whether lanes may use subgroup operations; else they add up in workgroup memory. */
  readonly subgroups: boolean;
  /** The subgroup's size when it is one for all shaders, else 0. */
  readonly fixedSubgroup: number;
}

/** The WGSL that adds up over `lanes` threads, a power of two no larger than the smallest subgroup, and what it enables. */
export function sumOver(
  lanes: number,
  { subgroups, fixedSubgroup }: LaneFacts,
): { readonly source: string; readonly enables: readonly string[] } {
  if (lanes === 1) return { source: alone, enables: [] };
  if (!subgroups) return { source: memory, enables: [] };
  return { source: lanes === fixedSubgroup ? subgroup : shuffle, enables: ['subgroups'] };
}
