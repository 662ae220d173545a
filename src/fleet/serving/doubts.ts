// Runs whose own latencies contradict the load they are labelled with, told from the measurement alone: no prediction decides
// which point counts. They stay in the calibration, whose loss bounds what they can do. (InferenceX starts vLLM with max-num-seqs equal
// to the concurrency, benchmarks/gptoss_fp4_h100_docker.sh @145e88f, so that a limit of the engine's does not explain them.)
import type { Point } from './points.ts';
import { measuredReplicaOf } from './question.ts';
import { batchLimit } from './steady.ts';

/** Share of the requests that could run at once, below which a run is in doubt: no other run of the sample lies under it. */
const LEAST_RUNNING = 0.4;

/**
 * Why a serving run is in doubt; null where it is not. By Little's law a request decodes for osl × TPOT of the TTFT + osl × TPOT
 * it takes, so that share of the stated requests decodes at once; memory bounds it as well.
 */
export function doubtOf(point: Point): string | null {
  const measured = measuredReplicaOf(point);
  const { ttft_ms: ttft, tpot_ms: tpot, osl } = point;
  if (!measured || !ttft || !tpot || !osl) return null;
  const possible = Math.min(measured.concurrency, batchLimit(measured.replica));
  const running = (measured.concurrency * osl * tpot) / (ttft + osl * tpot);
  if (running >= LEAST_RUNNING * possible) return null;
  const [seen, stated] = [Math.round(running), Math.round(possible)];
  return `its latencies leave ${seen} requests decoding at once, though ${stated} were stated and fit in memory: its load looks mislabelled`;
}
