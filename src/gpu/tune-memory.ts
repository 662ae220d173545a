// What the tuner remembers, and when it may believe it: the same adapter, the same browser or Dawn, the very same shaders.
// Storage is handed in; knows neither page nor Node.
import type { SpacePoint } from '../../kernels/tuned.ts';
import type { TuningTable } from '../bench/outcome.ts';
import type { AdapterFacts } from './device.ts';
import { assembleSource } from './pipelines.ts';

/** Anything that keeps texts by key. */
export interface TuneStorage {
  read(key: string): Promise<string | null>;
  write(key: string, text: string): Promise<void>;
}

/** Where the choice was made, besides the adapter: e.g. `Chrome 156.0.8078.79`, `webgpu 0.6.2`. */
export type Host = string;

/** The key of one kernel's choice: changes with the adapter, the host's version and every byte of a candidate's shader. */
export async function tuneKey(
  id: string,
  space: readonly SpacePoint[],
  { vendor, architecture, device, description }: AdapterFacts,
  host: Host,
): Promise<string> {
  const shaders = space.flatMap(({ id: own, plan }) =>
    typeof plan === 'string'
      ? [own, plan]
      : [own, ...plan.dispatches.map(({ shader, workgroups }) => `${workgroups} ${assembleSource(shader)}`)],
  );
  const bytes = new TextEncoder().encode(JSON.stringify(shaders));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hash = Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const adapter = [vendor, architecture, device, description].filter((part) => part !== '').join(' ');
  return [adapter, host, id, hash].join(' | ');
}

/** Null when nothing is kept under the key, or what is kept is no table. */
export async function recall(storage: TuneStorage, key: string): Promise<TuningTable | null> {
  const text = await storage.read(key).catch(() => null);
  if (text === null) return null;
  try {
    const table = JSON.parse(text) as Partial<TuningTable> | null;
    const whole =
      typeof table?.chosen === 'string' && typeof table.seconds === 'number' && Array.isArray(table.candidates);
    return whole ? (table as TuningTable) : null;
  } catch {
    return null;
  }
}

/** A full disk or a private window keeps nothing; the choice stands all the same. */
export async function remember(storage: TuneStorage, key: string, table: TuningTable): Promise<void> {
  if (table.chosen !== null) await storage.write(key, JSON.stringify(table)).catch(() => {});
}
