// Runs all libraries at one shape in one interleaved campaign, so that drift hits each alike and ratios pair up round by round.
import type { HostArray, KernelPlan, OutputCheck } from '../../../kernels/family.ts';
import type { PeerName, PeerShape } from '../../../kernels/peer-cases.ts';
import type { CaseHooks, CaseOutcome, MetricSamples, VerificationOutcome } from '../../bench/outcome.ts';
import { formatCaseId } from '../../core/case-id.ts';
import { messageOf } from '../../core/errors.ts';
import type { Options } from '../../core/options.ts';
import { createRng, shuffled, streamOf } from '../../core/rng.ts';
import { chooseIndices, verifyOutputs } from '../../gpu/verify.ts';
import type { PeerProblem } from '../../onnx/peer-problem.ts';
import type { Machine } from '../../session/machine.ts';
import { type Check, type Chosen, type Contender, chooseForm, type Form, PEER_TOLERANCE } from './contender.ts';
import { chooseOurs, ourPlans } from './ours.ts';
import { toProblem } from './problem.ts';

/** Uncounted rounds besides the operation that was checked: as long as they are short. */
const WARMUP_ROUNDS = 3;
const WARMUP_SECONDS = 1;
const MOST_ROUNDS = 100;
/** Six give the median an interval. */
const FEWEST_ROUNDS = 7;
const GROUP_SECONDS = 6;
/** After so many rounds, a library this many times slower than the fastest of them has shown that it is no bar. */
const REACH_ROUNDS = 3;
const OUT_OF_REACH = 2.5;
const BEATEN_SHOWN = 12;
/** Seconds of f64 reference a form. */
const CHECK_SECONDS = 0.3;
/** Outcome by library. A library that cannot run or is wrong gets its own failed row; the others go on. */
export async function runPeerGroup(
  machine: Machine,
  shape: PeerShape,
  peers: readonly PeerName[],
  options: Options,
  hooks: CaseHooks,
): Promise<Map<PeerName, CaseOutcome>> {
  const { seed } = options;
  const id = formatCaseId(`peer/${shape.operation}`, shape.params);
  const ours = await ourPlans(machine, shape, options, hooks);
  const { plan } = ours.plans[0]!;
  const inputs = makeInputs(plan, id, seed);
  const problem = toProblem(shape, inputs);
  const outcomes = new Map<PeerName, CaseOutcome>();
  const right: [PeerName, Contender][] = [];
  const opened: Contender[] = [];
  try {
    for (const peer of peers) {
      hooks.signal.throwIfAborted();
      hooks.phase(`verify ${peer}`, null);
      try {
        const check: Check = (contender, tolerance) =>
          checkOutput(contender, { ...plan.checks[0]!, tolerance }, inputs);
        const chosen =
          peer === 'fleetmark'
            ? await chooseOurs(machine, ours, { id, seed }, check, hooks.signal)
            : await chooseForm(await formsOf(peer, problem), check, hooks.signal);
        opened.push(chosen.contender);
        if (chosen.verification.state === 'passed') right.push([peer, chosen.contender]);
        outcomes.set(peer, untimed(chosen));
      } catch (error) {
        hooks.signal.throwIfAborted();
        outcomes.set(peer, { ...EMPTY, state: 'error', reason: messageOf(error) });
      }
    }
    const times = await interleave(right, streamOf(id) ^ seed, hooks);
    for (const [peer, samples] of times) outcomes.set(peer, withTimes(outcomes.get(peer)!, plan, samples));
    return outcomes;
  } finally {
    for (const contender of opened) await contender.close();
  }
}

const EMPTY = { metrics: [], facts: {}, warnings: [] } satisfies Partial<CaseOutcome>;

function makeInputs(plan: KernelPlan, id: string, seed: number): Record<string, HostArray> {
  const filled = plan.buffers.filter((buffer) => buffer.fill);
  return Object.fromEntries(filled.map(({ name, fill }) => [name, fill!(createRng(seed, streamOf(`${id} ${name}`)))]));
}

async function formsOf(peer: Exclude<PeerName, 'fleetmark'>, problem: PeerProblem): Promise<Form[]> {
  if (peer === 'jax-js') return (await import('./jax.ts')).jaxForms(problem);
  if (peer === 'tfjs-webgpu') return (await import('./tfjs.ts')).tfjsForms(problem);
  const [{ peerGraphs }, { openPeerSession }] = await Promise.all([
    import('../../onnx/peer-graphs.ts'),
    import('../../onnx/peer-session.ts'),
  ]);
  return peerGraphs(problem).map((graph) => ({
    name: graph.name,
    tolerance: PEER_TOLERANCE,
    open: () => openPeerSession(graph),
  }));
}

async function checkOutput(
  contender: Contender,
  check: OutputCheck,
  inputs: Readonly<Record<string, HostArray>>,
): Promise<VerificationOutcome> {
  const indices = chooseIndices(check, CHECK_SECONDS);
  const output = await contender.output();
  if (output.length !== check.length) throw new Error(`gave ${output.length} values, not ${check.length}`);
  const values = Float32Array.from(indices, (index) => output[index]!);
  return verifyOutputs([check], inputs, [{ indices, values }]);
}

function untimed({ contender, verification, beaten }: Chosen): CaseOutcome {
  const facts = {
    ...contender.facts,
    ...(beaten.length > 0 ? { beaten: beaten.slice(0, BEATEN_SHOWN).join('; ') } : {}),
  };
  if (verification.state === 'passed') return { ...EMPTY, state: 'ok', verification, facts };
  return { ...EMPTY, state: 'failed', reason: 'disagrees with the f64 reference', verification, facts };
}

/** Wall ns per operation, round by round, each in an order of its own; index i of every library is the same round. */
async function interleave(
  contenders: readonly (readonly [PeerName, Contender])[],
  seed: number,
  hooks: CaseHooks,
): Promise<Map<PeerName, number[]>> {
  const times = new Map<PeerName, number[]>(contenders.map(([peer]) => [peer, []]));
  const rng = createRng(seed);
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1e3;
  for (let round = 0; round < WARMUP_ROUNDS; round++) {
    for (const [, contender] of contenders) if (elapsed() < WARMUP_SECONDS) await contender.once();
  }
  let left = contenders;
  for (let round = 0; round < MOST_ROUNDS && (round < FEWEST_ROUNDS || elapsed() < GROUP_SECONDS); round++) {
    for (const [peer, contender] of shuffled(left, rng)) {
      hooks.signal.throwIfAborted();
      const start = performance.now();
      await contender.once();
      times.get(peer)!.push((performance.now() - start) * 1e6);
    }
    if (round === REACH_ROUNDS - 1) left = withinReach(left, times);
    hooks.phase('rounds', Math.min(1, Math.max(elapsed() / GROUP_SECONDS, round / MOST_ROUNDS)));
  }
  return times;
}

/** Ours, and the libraries whose shortest time is near the shortest of any but ours. */
function withinReach(
  contenders: readonly (readonly [PeerName, Contender])[],
  times: ReadonlyMap<PeerName, readonly number[]>,
): readonly (readonly [PeerName, Contender])[] {
  const shortest = (peer: PeerName): number => Math.min(...times.get(peer)!);
  const bar = Math.min(...contenders.filter(([peer]) => peer !== 'fleetmark').map(([peer]) => shortest(peer)));
  return contenders.filter(([peer]) => peer === 'fleetmark' || shortest(peer) <= OUT_OF_REACH * bar);
}

function withTimes(outcome: CaseOutcome, plan: KernelPlan, samples: number[]): CaseOutcome {
  const metric: MetricSamples = {
    name: 'time',
    definition: 'kernel-time/wall-to-drained',
    unit: 'ns',
    better: 'lower',
    estimator: 'wall',
    opsPerSample: 1,
    samples,
    warmup: [],
    excluded: [],
  };
  return { ...outcome, cost: { flops: plan.flops, bytes: plan.bytes }, metrics: [metric] };
}
