// Says which nodes of a graph ran on the GPU, from the runtime's own profile. onnxruntime-web places nodes that its webgpu
// provider lacks on the CPU without a word; this is how they are found. Knows no model.
import type { PlacementOutcome } from '../bench/outcome.ts';
import type { Warning } from '../core/warnings.ts';

/** One line of the profile (Chrome trace form); durations in µs. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string };
}

export interface Placement {
  readonly outcome: PlacementOutcome;
  /** GPU dispatches of one run, null without GPU timestamps. */
  readonly dispatchesPerRun: number | null;
  /** How it was found out, in words. */
  readonly method: string;
  readonly warnings: Warning[];
}

/** Reads the profile lines of `runs` runs. Null when they hold no node, so that another method must be used. */
export function placementFromProfile(lines: readonly string[], provider: string, runs: number): Placement | null {
  const events = lines.flatMap(parseEvent);
  const nodes = events.filter((event) => event.cat === 'Node' && !event.args.op_name?.startsWith('Memcpy'));
  if (nodes.length === 0) return null;
  const cpu = nodes.filter((event) => event.args.provider === 'CPUExecutionProvider');
  const distinct = (list: readonly ProfileEvent[]): number => new Set(list.map(nodeKey)).size;
  const dispatches = events.filter((event) => event.cat === 'Api');
  const gpuTime = total(dispatches);
  const cpuTime = total(cpu);
  const timed = dispatches.length > 0 && gpuTime > 0;
  return {
    outcome: {
      provider,
      nodes: distinct(nodes),
      nodesOnGpu: distinct(nodes) - distinct(cpu),
      ...(timed ? { timeShareOnGpu: gpuTime / (gpuTime + cpuTime) } : {}),
      cpuOperators: [...new Set(cpu.map((event) => event.args.op_name ?? event.name))].sort(),
    },
    dispatchesPerRun: timed ? Math.round(dispatches.length / runs) : null,
    method: timed
      ? `runtime profile of ${runs} runs: GPU timestamps of dispatches, wall time of CPU nodes; copies not counted as nodes`
      : `runtime profile of ${runs} runs: nodes only, no GPU timestamps`,
    warnings: cpuWarnings(distinct(cpu), distinct(nodes)),
  };
}

/** What the probe knows: a session that refuses CPU nodes either opens, or it does not. */
export function placementFromProbe(opened: boolean, nodes: number, provider: string): Placement {
  return {
    outcome: {
      provider,
      nodes,
      nodesOnGpu: opened ? nodes : 0,
      cpuOperators: opened ? [] : ['at least one, not named'],
    },
    dispatchesPerRun: null,
    method: 'a session that refuses CPU nodes (session.disable_cpu_ep_fallback); nodes as the file has them',
    warnings: opened ? [] : [{ name: 'cpu-nodes', detail: 'at least one node; the runtime gave no profile' }],
  };
}

function cpuWarnings(onCpu: number, nodes: number): Warning[] {
  return onCpu === 0 ? [] : [{ name: 'cpu-nodes', detail: `${onCpu} of ${nodes} nodes` }];
}

function parseEvent(line: string): ProfileEvent[] {
  const text = line.trim().replace(/,$/, '');
  if (!text.startsWith('{')) return [];
  try {
    return [JSON.parse(text) as ProfileEvent];
  } catch {
    return [];
  }
}

function nodeKey(event: ProfileEvent): string {
  return `${event.args.node_index} ${event.name}`;
}

function total(events: readonly ProfileEvent[]): number {
  return events.reduce((sum, event) => sum + event.dur, 0);
}
