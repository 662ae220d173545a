// Says what machine and clock a native run stands on: the counterpart of the page's description, with Node in the browser's place.
import { arch, availableParallelism, release, type } from 'node:os';
import { dawnVersion } from '../core/build-info.ts';
import { probeTimer } from '../gpu/timer-probe.ts';
import type { Environment } from '../results/schema.ts';
import type { Machine } from '../session/machine.ts';
import { DAWN_FLAGS, type OpenedDawn, openDawn } from './dawn.ts';
import { findPowerMeter } from './nvidia-smi.ts';
import { fileTuneStorage } from './tune-file.ts';

export interface NativeMachine extends Machine {
  /** Held on to: Dawn crashes the process when the instance is collected while its device lives. */
  readonly gpu: GPU;
}

/** Throws a UserError where Dawn finds no adapter. */
export async function openNativeMachine(): Promise<NativeMachine> {
  const opened = await openDawn();
  return {
    ...opened,
    timer: await probeTimer(opened.device),
    environment: describeEnvironment(opened),
    tuneStorage: fileTuneStorage(),
    power: findPowerMeter(namesOf(opened).join(' ')),
  };
}

function namesOf({ adapter: { vendor, architecture, device, description } }: OpenedDawn): string[] {
  return [vendor, architecture, device, description];
}

function describeEnvironment({ adapter }: OpenedDawn): Environment {
  return {
    lane: 'native',
    adapter,
    browser: {
      name: 'Node',
      version: process.versions.node,
      userAgent: `Node.js ${process.version}, Dawn of webgpu ${dawnVersion}`,
      headless: null,
      flags: [...DAWN_FLAGS],
    },
    os: { name: `${type()} ${release()}`, architecture: arch() },
    logicalCores: availableParallelism(),
    // What isolation stands for in a page, a fine wall clock, is given in Node.
    crossOriginIsolated: true,
    runtimes: { webgpu: dawnVersion },
  };
}
