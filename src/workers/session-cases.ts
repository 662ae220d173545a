// Turns case ids into cases that can run: the one place that knows which kind of case an id belongs to.

import { isPeerId, listPeerCases, type PeerName, parsePeerCase } from '../../kernels/peer-cases.ts';
import { acceptsAnyKernelId, listAllKernelCases } from '../../kernels/tuned.ts';
import { acceptsDecoderId, listDecoderCases } from '../../models/decoder-cases.ts';
import { acceptsLlamaBenchId, listLlamaBenchCases } from '../../models/llama-bench-cases.ts';
import type { ExternalFile } from '../../models/onnx/writer.ts';
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import { UserError } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import type { ListedCase } from '../core/suites.ts';
import { decoderCases, onSameAdapter } from '../session/decoder-cases.ts';
import { kernelCases } from '../session/kernel-cases.ts';
import { llamaBenchCases } from '../session/llama-bench-cases.ts';
import type { Machine } from '../session/machine.ts';
import type { SessionCase } from '../session/run-session.ts';
import { adapterFacts, browserLane } from './browser-lane.ts';
import type { InstalledExtras } from './extras/installed.ts';

/** Choosing our kernel, opening the libraries, checking, and about 6 s of rounds. */
const PEER_GROUP_SECONDS = 20;
/** Share of `--budget`: a group of peers takes many rounds. */
const PEER_SHARE = 4;
/** Providers a model file runs on. */
const FILE_RUNTIMES = ['ort-webgpu', 'ort-wasm'] as const;

/** Every case but those made from a model file. */
export function listCases(): ListedCase[] {
  return [...listAllKernelCases(), ...listDecoderCases(), ...listLlamaBenchCases(), ...listPeerCases()];
}

/** Whether an exact id, in the list or not, is of a case that can be made. */
export function acceptsCase(id: string): boolean {
  return acceptsDecoderId(id) || acceptsLlamaBenchId(id) || acceptsAnyKernelId(id);
}

/** Throws a UserError for an id that names nothing. */
export function toSessionCases(
  ids: readonly string[],
  machine: Machine,
  options: Options,
  extras: InstalledExtras,
): SessionCase[] {
  const peers = peerCases(ids.filter(isPeerId), options);
  const lane = browserLane(extras);
  const decoders = [decoderCases(lane), llamaBenchCases(lane)];
  return ids.map((id) => {
    const peer = peers.get(id);
    if (peer) return peer;
    return (decoders.find((kind) => kind.accepts(id)) ?? kernelCases).toCase(id, machine, options);
  });
}

/** Libraries at one shape are measured together, by whichever of their cases comes first. */
function peerCases(ids: readonly string[], options: Options): Map<string, SessionCase> {
  const cases = new Map<string, SessionCase>();
  const groups = new Map<string, Promise<Map<PeerName, CaseOutcome>>>();
  for (const id of ids) {
    const { peer, shape } = parsePeerCase(id);
    const key = JSON.stringify(shape);
    const members = ids.map(parsePeerCase).filter((item) => JSON.stringify(item.shape) === key);
    const run = async (machine: Machine, hooks: CaseHooks): Promise<CaseOutcome> => {
      const { runPeerGroup } = await import('./peers/group.ts');
      const names = members.map((item) => item.peer);
      const group = groups.get(key) ?? runPeerGroup(machine, shape, names, options, hooks);
      groups.set(key, group);
      return (await group).get(peer)!;
    };
    const estimate = (): number => (groups.has(key) ? 0 : PEER_GROUP_SECONDS);
    cases.set(id, { id, kind: 'peer', knownFault: null, budgetShare: PEER_SHARE, estimate, run });
  }
  return cases;
}

/** A model file and the separate files of its weights, in memory. */
export interface ModelBytes {
  readonly bytes: ArrayBuffer;
  readonly external: readonly ExternalFile[];
}

/** The model on each runtime. Its cost is unknown before it is loaded, so the budget does not apply. */
export function modelCases(name: string, { bytes, external }: ModelBytes, options: Options): SessionCase[] {
  const dims = readDims(options.dim);
  return FILE_RUNTIMES.map((runtime) => ({
    id: `file/${runtime}/${name.replace(/[^\w.+-]+/g, '_')}`,
    kind: 'model',
    knownFault: null,
    budgetShare: 1,
    estimate: () => 0,
    run: async (current, hooks) => {
      const { runModelFile } = await import('../onnx/model-file.ts');
      const request = { name, bytes, external, runtime, dims, repeats: options.samples, seed: options.seed };
      return onSameAdapter(await runModelFile({ ...request, adapter: adapterFacts(current) }, hooks), current);
    },
  }));
}

/** `--dim name=value`, repeated. */
function readDims(given: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    given.map((text) => {
      const [name = '', value = ''] = text.split('=');
      const size = Number(value);
      if (name === '' || !Number.isInteger(size) || size < 1) {
        throw new UserError(`--dim '${text}': must be name=value with a whole number of at least 1`);
      }
      return [name, size];
    }),
  );
}
