// How many threads work together on this device: the choices that depend on the adapter and not on the model.
import type { DeviceCaps } from '../../kernels/family.ts';
import alone from './shaders/reduce-alone.wgsl?raw';
import memory from './shaders/reduce-memory.wgsl?raw';
import shuffle from './shaders/reduce-shuffle.wgsl?raw';
import subgroup from './shaders/reduce-subgroup.wgsl?raw';

export interface DeviceForm {
  /** A CPU rasteriser: dispatches are cheap beside threads, and barriers dear. */
  readonly software: boolean;
  /** Threads that share a row of weights. */
  readonly lanes: number;
  /** Threads a workgroup of a product. */
  readonly threads: number;
  /** Fours of rows of weights a thread works on at once. */
  readonly fours: 1 | 2;
  readonly subgroups: boolean;
  /** The subgroup's size when it is one for all shaders, else 0. */
  readonly fixedSubgroup: number;
}

/** Subgroup lanes where there are any, workgroup memory elsewhere. */
export function formFor(caps: DeviceCaps, software: boolean): DeviceForm {
  const subgroups = caps.features.has('subgroups');
  const { subgroupMinSize, subgroupMaxSize } = caps;
  return {
    software,
    subgroups,
    lanes: subgroups ? Math.min(32, subgroupMinSize) : 16,
    threads: software ? 32 : 128,
    // Measured on SwiftShader: eight rows a subgroup are a fifth faster than four.
    fours: software ? 2 : 1,
    fixedSubgroup: subgroups && subgroupMinSize === subgroupMaxSize ? subgroupMinSize : 0,
  };
}

/** The WGSL that adds up over `lanes` threads, and what it enables. */
export function reduceOver(form: DeviceForm, lanes: number): { source: string; enables: readonly string[] } {
  if (lanes === 1) return { source: alone, enables: [] };
  if (!form.subgroups) return { source: memory, enables: [] };
  return { source: lanes === form.fixedSubgroup ? subgroup : shuffle, enables: ['subgroups'] };
}
