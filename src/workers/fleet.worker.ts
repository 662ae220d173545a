// The fleet worker's entry: puts the fleet behind comlink, with this machine's GPU for the widest answer.
import { expose } from 'comlink';
import type { RolloutEngine } from '../core/rollout.ts';
import { createCheckedRollout } from '../gpu/checked-rollout.ts';
import { openDevice } from '../gpu/device.ts';
import { createGpuRollout } from '../gpu/rollout-engine.ts';
import { createFleetWorker } from './fleet-worker.ts';

/** Null without a GPU: a CPU rasteriser would only take the time of the CPU's own twin. */
async function openGpu(): Promise<RolloutEngine | null> {
  const opened = navigator.gpu ? await openDevice(navigator.gpu) : null;
  if (!opened || opened.adapter.isSoftware) {
    opened?.device.destroy();
    return null;
  }
  const name = opened.adapter.description || opened.adapter.vendor;
  return createCheckedRollout(createGpuRollout(opened.device, name));
}

expose(createFleetWorker(openGpu));
