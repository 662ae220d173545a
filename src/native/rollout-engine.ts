// The fleet's Monte Carlo on this machine's GPU, in Node over Dawn.
import { createCheckedRollout } from '../gpu/checked-rollout.ts';
import { createGpuRollout, type GpuRollout } from '../gpu/rollout-engine.ts';
import { openDawn } from './dawn.ts';

export { OtherDraws } from '../gpu/checked-rollout.ts';

export interface OpenedRollout {
  readonly engine: GpuRollout;
  close(): void;
}

/** A UserError without an adapter. */
export async function openNativeRollout(): Promise<OpenedRollout> {
  const opened = await openDawn();
  const { description, device, vendor } = opened.adapter;
  const name = description || device || vendor || 'unnamed adapter';
  const engine = createCheckedRollout(createGpuRollout(opened.device, name));
  // Held on to: Dawn crashes the process when the instance is collected while its device lives.
  return { engine, close: () => opened.gpu && opened.device.destroy() };
}
