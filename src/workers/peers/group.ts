// Runs all libraries at one shape in one interleaved campaign, so that drift hits each alike and ratios pair up round by round.
import type { HostArray, KernelPlan } from '../../../kernels/family.ts';
import { kernelIdsOf, type PeerName, type PeerShape } from '../../../kernels/peer-cases.ts';
import type { CaseHooks, CaseOutcome, MetricSamples } from '../../bench/outcome.ts';
import { formatCaseId } from '../../core/case-id.ts';
import { messageOf } from '../../core/errors.ts';
import { createRng, streamOf } from '../../core/rng.ts';
import { capsOf } from '../../gpu/device.ts';
import { chooseIndices, verifyOutputs } from '../../gpu/verify.ts';
import type { MatmulProblem } from '../../onnx/matmul-session.ts';
import { CHECK_SECONDS, planOrReason } from '../../session/kernel-case.ts';
import type { Machine } from '../../session/machine.ts';
import type { Contender } from './contender.ts';
import { openOurs } from './ours.ts';

const WARMUP_ROUNDS = 3;
const MOST_ROUNDS = 40;
const FEWEST_ROUNDS = 10;
const GROUP_SECONDS = 20;

/** Outcome by library. A library that cannot run or is wrong gets its own failed row; the others go on. */
export async function runPeerGroup(
  machine: Machine,
  shape: PeerShape,
  peers: readonly PeerName[],
  seed: number,
  hooks: CaseHooks,
): Promise<Map<PeerName, CaseOutcome>> {
  const id = formatCaseId(`peer/${shape.operation}`, shape.params);
  const plans = kernelIdsOf(shape).map((kernelId) => planOrReason(kernelId, capsOf(machine.device)));
  const usable = plans.filter((plan) => typeof plan !== 'string');
  const plan = usable[0];
  if (!plan) throw new Error(`none of our variants can run here: ${plans.join('; ')}`);
  const outcomes = new Map<PeerName, CaseOutcome>();
  const ready = new Map<PeerName, Contender>();
  const inputs = makeInputs(plan, id, seed);
  const open = (peer: PeerName): Promise<Contender> =>
    peer === 'fleetmark' ? openOurs(machine, usable, { id, seed }) : openPeer(peer, shape, inputs);
  try {
    for (const peer of peers) {
      hooks.signal.throwIfAborted();
      hooks.phase(`verify ${peer}`, null);
      try {
        const contender = await open(peer);
        ready.set(peer, contender);
        outcomes.set(peer, await checkOutput(contender, plan, inputs));
      } catch (error) {
        outcomes.set(peer, { ...EMPTY, state: 'error', reason: messageOf(error) });
      }
    }
    const right = [...ready].filter(([peer]) => outcomes.get(peer)!.state === 'ok');
    const times = await interleave(right, hooks);
    for (const [peer, samples] of times) outcomes.set(peer, withTimes(outcomes.get(peer)!, plan, samples));
    return outcomes;
  } finally {
    for (const contender of ready.values()) await contender.close();
  }
}

const EMPTY = { metrics: [], facts: {}, warnings: [] } satisfies Partial<CaseOutcome>;

function makeInputs(plan: KernelPlan, id: string, seed: number): Record<string, HostArray> {
  const filled = plan.buffers.filter((buffer) => buffer.fill);
  return Object.fromEntries(filled.map(({ name, fill }) => [name, fill!(createRng(seed, streamOf(`${id} ${name}`)))]));
}

async function openPeer(
  peer: Exclude<PeerName, 'fleetmark'>,
  shape: PeerShape,
  inputs: Readonly<Record<string, HostArray>>,
): Promise<Contender> {
  const [m, n, k] = ['m', 'n', 'k'].map((name) => Number(shape.params[name])) as [number, number, number];
  const problem: MatmulProblem = { m, n, k, a: inputs.a as Float32Array, b: inputs.b as Float32Array };
  if (peer === 'jax-js') return (await import('./jax.ts')).openJaxMatmul(problem);
  return (await import('../../onnx/matmul-session.ts')).openMatmulSession(problem);
}

async function checkOutput(
  contender: Contender,
  plan: KernelPlan,
  inputs: Readonly<Record<string, HostArray>>,
): Promise<CaseOutcome> {
  const check = plan.checks[0]!;
  const indices = chooseIndices(check, CHECK_SECONDS);
  const output = await contender.output();
  const values = Float32Array.from(indices, (index) => output[index]!);
  const verification = verifyOutputs([check], inputs, [{ indices, values }]);
  const facts = { ...contender.facts };
  if (verification.state === 'passed') return { ...EMPTY, state: 'ok', verification, facts };
  return { ...EMPTY, state: 'failed', reason: 'disagrees with the f64 reference', verification, facts };
}

/** Wall ns per operation, round by round; index i of every library is the same round. */
async function interleave(
  contenders: readonly (readonly [PeerName, Contender])[],
  hooks: CaseHooks,
): Promise<Map<PeerName, number[]>> {
  const times = new Map<PeerName, number[]>(contenders.map(([peer]) => [peer, []]));
  const began = performance.now();
  for (let round = -WARMUP_ROUNDS; round < MOST_ROUNDS; round++) {
    const elapsed = (performance.now() - began) / 1e3;
    if (round >= FEWEST_ROUNDS && elapsed > GROUP_SECONDS) break;
    // Every other round runs backwards: a drift inside a round then favours nobody.
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const [peer, contender] of order) {
      hooks.signal.throwIfAborted();
      const start = performance.now();
      await contender.once();
      if (round >= 0) times.get(peer)!.push((performance.now() - start) * 1e6);
    }
    hooks.phase('rounds', Math.min(1, Math.max(elapsed / GROUP_SECONDS, round / MOST_ROUNDS)));
  }
  return times;
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
