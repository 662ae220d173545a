// The measured Pareto front: tokens/s/GPU against tokens/s/user for one GPU, model, precision and pair of lengths.
// Interpolates between measured points and refuses to go beyond them.
import { UserError } from '../core/errors.ts';
import { type FrontForm, findConstant, findModel, POINTS, type Precision, type ServingPoint } from './catalogue.ts';
import { segmentOf } from './front-curve.ts';

export interface Workload {
  readonly model: string;
  readonly precision: Precision;
  /** Input and output lengths, tokens. */
  readonly isl: number;
  readonly osl: number;
}

export interface Front {
  readonly hardware: string;
  readonly workload: Workload;
  /** At least one point, by rising tokens/s/user and falling tokens/s/GPU. */
  readonly points: readonly ServingPoint[];
}

/** The front of one workload; a UserError, listing what was measured, where there is no point. */
export function buildFront(hardware: string, workload: Workload, points: readonly ServingPoint[] = POINTS): Front {
  const front = findFront(hardware, workload, points);
  if (front) return front;
  throw new UserError(`${describeWorkload(workload)} has no measured point on ${hardware}. ${offer(hardware)}`);
}

/** The points of a workload that count as serving (TTFT within its limit) and that no other point beats on both axes. */
function findFront(hardware: string, workload: Workload, points: readonly ServingPoint[]): Front | null {
  const limit = findConstant('serving/ttft-limit-ms').value;
  const serving = points.filter((p) => p.hardware === hardware && sameWorkload(p, workload) && p.ttftMs <= limit);
  const front = serving
    .filter((p) => !serving.some((q) => dominates(q, p)))
    .sort((a, b) => a.tokensPerUser - b.tokensPerUser);
  return front.length === 0 ? null : { hardware, workload, points: front };
}

/** Lowest and highest measured tokens/s/user. */
export function rangeOf(front: Front): { readonly lo: number; readonly hi: number } {
  return { lo: front.points[0]!.tokensPerUser, hi: front.points.at(-1)!.tokensPerUser };
}

/** A place on the front: tokens/s/GPU, and the concurrency (requests in flight) it was served at. */
export interface FrontPlace {
  readonly tokensPerGpu: number;
  readonly concurrency: number;
}

/** Between measured points, by the model's front form; a UserError outside the measured range. */
export function placeOn(front: Front, tokensPerUser: number): FrontPlace {
  const { lo, hi } = rangeOf(front);
  if (!(tokensPerUser >= lo && tokensPerUser <= hi)) throw new UserError(outside(front, tokensPerUser));
  const above = front.points.findIndex((p) => p.tokensPerUser >= tokensPerUser);
  const b = front.points[above]!;
  if (b.tokensPerUser === tokensPerUser) return { tokensPerGpu: b.tokensPerGpu, concurrency: b.concurrency };
  const a = front.points[above - 1]!;
  const t = Math.log(tokensPerUser / a.tokensPerUser) / Math.log(b.tokensPerUser / a.tokensPerUser);
  return {
    tokensPerGpu: segmentOf(formOf(front), a, b).rateAt(tokensPerUser),
    concurrency: a.concurrency * (b.concurrency / a.concurrency) ** t,
  };
}

/** tokens/s/user where the front first becomes steeper than the fall-off slope; null when it never does. */
export function fallOff(front: Front): number | null {
  const limit = findConstant('serving/fall-off-slope').value;
  for (let i = 1; i < front.points.length; i++) {
    const [a, b] = [front.points[i - 1]!, front.points[i]!];
    const found = segmentOf(formOf(front), a, b).steeperFrom(limit);
    if (found !== null) return found;
  }
  return null;
}

function formOf(front: Front): FrontForm {
  return findModel(front.workload.model).frontForm;
}

/** Every workload measured on a GPU. */
export function listFronts(hardware: string): Front[] {
  const keys = new Map<string, Workload>();
  for (const { model, precision, isl, osl, hardware: gpu } of POINTS) {
    const workload = { model, precision, isl, osl };
    if (gpu === hardware) keys.set(describeWorkload(workload), workload);
  }
  return [...keys.values()].flatMap((workload) => findFront(hardware, workload, POINTS) ?? []);
}

/** `llama-3.1-70b fp8 1k/1k`. */
export function describeWorkload({ model, precision, isl, osl }: Workload): string {
  return `${model} ${precision} ${lengthName(isl)}/${lengthName(osl)}`;
}

function lengthName(tokens: number): string {
  return tokens % 1024 === 0 ? `${tokens / 1024}k` : String(tokens);
}

function sameWorkload(point: ServingPoint, workload: Workload): boolean {
  return (['model', 'precision', 'isl', 'osl'] as const).every((key) => point[key] === workload[key]);
}

function dominates(a: ServingPoint, b: ServingPoint): boolean {
  const faster = a.tokensPerUser >= b.tokensPerUser && a.tokensPerGpu >= b.tokensPerGpu;
  return faster && (a.tokensPerUser > b.tokensPerUser || a.tokensPerGpu > b.tokensPerGpu);
}

function outside(front: Front, asked: number): string {
  const { lo, hi } = rangeOf(front);
  const what = `${describeWorkload(front.workload)} on ${front.hardware}`;
  return `--user-rate ${asked}: ${what} was measured from ${lo} to ${hi} tokens/s/user. ${offer(front.hardware)}`;
}

function offer(hardware: string): string {
  const lines = listFronts(hardware).map((front) => {
    const { lo, hi } = rangeOf(front);
    return `${describeWorkload(front.workload)} (${lo === hi ? lo : `${lo} to ${hi}`} tokens/s/user)`;
  });
  return `Measured on ${hardware}: ${lines.join('; ')}`;
}
