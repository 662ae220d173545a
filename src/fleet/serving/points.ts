// A measured or asked-for point as it stands in a file, and what kind of question it asks. Knows no formula.
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import measuredJson from '../data/serving/measured.json' with { type: 'json' };

/** A number, or the text of one. */
const numeric = v.union([
  v.number(),
  v.pipe(
    v.string(),
    v.check((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'must be a number'),
    v.transform(Number),
  ),
]);
const amount = v.optional(v.nullable(v.pipe(numeric, v.finite(), v.gtValue(0))), null);
/** llama-bench's pure decode has a prompt of 0. */
const length = v.optional(v.nullable(v.pipe(numeric, v.finite(), v.minValue(0))), null);
/** `max load` and other words mean that no load is given. */
const load = v.optional(
  v.nullable(
    v.union([
      v.pipe(numeric, v.finite(), v.gtValue(0)),
      v.pipe(
        v.string(),
        v.transform(() => null),
      ),
    ]),
  ),
  null,
);
const text = v.optional(v.nullable(v.string()), null);

const pointSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  hardware: v.string(),
  model: v.string(),
  precision: v.optional(v.nullable(v.string()), null),
  gpus: amount,
  concurrency: load,
  isl: length,
  osl: length,
  tp: amount,
  attention_dp: amount,
  backend: text,
  scenario: text,
  metric: text,
  slo: text,
  date: text,
  note: text,
  tpot_ms: amount,
  ttft_ms: amount,
  tok_s_per_gpu: amount,
  tok_s_per_user: amount,
  prefill_tok_s_pp512: amount,
});

/** Keys as in the file. tok_s_* and *_ms are outcomes: absent in a question, present in a measurement. */
export type Point = v.InferOutput<typeof pointSchema>;

/** How a point is answered: a replica at a given load, the best a system can serve, one stream of llama.cpp or an LPU. */
export type PointKind = 'serving' | 'capacity' | 'llama-bench';

export function kindOf(point: Point): PointKind {
  const words = `${point.metric ?? ''} ${point.scenario ?? ''}`;
  if (/llama-?bench|\b(tg|pp) ?\d+/i.test(words)) return 'llama-bench';
  if (/mlperf|max(imum)? (throughput|load)|offline|server|interactive/i.test(words)) return 'capacity';
  return point.concurrency !== null && point.isl && point.osl ? 'serving' : 'capacity';
}

/** A point that cannot be read, and why. */
export interface Unreadable {
  readonly id: string;
  readonly reason: string;
}

/**
 * Points of a parsed JSON file, in order; one with a value that makes no sense says which. A UserError names the file when it
 * is no array, or the entry when it has no id.
 */
export function parsePoints(json: unknown, file: string): (Point | Unreadable)[] {
  if (!Array.isArray(json)) throw new UserError(`${file}: must be a JSON array of points with id, hardware and model`);
  return json.map((entry: unknown, index) => {
    const parsed = v.safeParse(pointSchema, entry);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    const id = typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined;
    if (typeof id !== 'string' || id === '') throw new UserError(`${file}: entry ${index} has no id (a text)`);
    return { id, reason: `${v.getDotPath(issue) ?? 'the point'}: ${issue.message}` };
  });
}

const measured: Point[] = v.parse(v.array(pointSchema), measuredJson);

/** The measurements the model is calibrated on; sources in each entry and in src/fleet/data/README.md. */
export function measuredPoints(): readonly Point[] {
  return measured;
}

/** For overlay.ts alone: a point beside the published ones, in place of one of the same id. */
export function addMeasuredPoint(point: Point): void {
  const at = measured.findIndex(({ id }) => id === point.id);
  if (at >= 0) measured[at] = point;
  else measured.push(point);
}
