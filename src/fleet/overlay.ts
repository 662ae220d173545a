// A user's own JSON laid over the catalogue: constants, chips, models and measured points take the place of ours or stand beside
// them, each with a source of its own. The one place that changes the catalogue, before anything is computed from it.
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { type Constant, constantSchema, findConstant, replaceConstant } from './catalogue.ts';
import { acceleratorSchema, addAccelerator, addArchitecture, architectureSchema } from './serving/catalogue.ts';
import { lookUpConstant, replaceServingConstant } from './serving/constants.ts';
import { addMeasuredPoint, parsePoints } from './serving/points.ts';

const overlaySchema = v.strictObject({
  /** Known ids; what is left out stays as it is, but a new value needs a source. */
  constants: v.optional(
    v.array(
      v.looseObject({
        id: v.string(),
        value: v.pipe(v.number(), v.finite()),
        source: v.pipe(v.string(), v.minLength(1)),
      }),
    ),
    [],
  ),
  accelerators: v.optional(v.array(acceleratorSchema), []),
  architectures: v.optional(v.array(architectureSchema), []),
  /** In the shape of the measured points. */
  points: v.optional(v.array(v.unknown()), []),
});

/** What was laid over, in numbers. */
export interface Overlay {
  readonly constants: number;
  readonly accelerators: number;
  readonly architectures: number;
  readonly points: number;
}

/** A UserError names the file and the first entry that does not fit; nothing is changed then. */
export function applyOverlay(json: unknown, file: string): Overlay {
  const parsed = v.safeParse(overlaySchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new UserError(`${file}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { accelerators, architectures } = parsed.output;
  const [serving, fleet] = [[], []] as [Serving[], Serving[]];
  for (const entry of parsed.output.constants) (lookUpConstant(entry.id) === undefined ? fleet : serving).push(entry);
  const constants = fleet.map((entry) => overlaid(entry, file));
  for (const { id, value } of serving) {
    if (!(value > 0)) throw new UserError(`${file}: ${id} ${value}: must be above 0`);
  }
  const points = parsePoints(parsed.output.points, file).map((point) => {
    if ('reason' in point) throw new UserError(`${file}: ${point.id}: ${point.reason}`);
    return point;
  });
  constants.forEach(replaceConstant);
  for (const { id, value } of serving) replaceServingConstant(id, value);
  accelerators.forEach(addAccelerator);
  architectures.forEach(addArchitecture);
  points.forEach(addMeasuredPoint);
  return {
    constants: constants.length + serving.length,
    accelerators: accelerators.length,
    architectures: architectures.length,
    points: points.length,
  };
}

type Serving = { readonly id: string; readonly value: number };

/** Our entry with the user's fields over it; a value alone is exact. */
function overlaid(entry: { readonly id: string; readonly value: number }, file: string): Constant {
  const ours = findConstant(entry.id);
  const exact = 'lo' in entry || 'hi' in entry ? {} : ({ lo: entry.value, hi: entry.value, shape: 'fixed' } as const);
  const result = v.safeParse(constantSchema, { ...ours, ...exact, date: 'given by the user', note: '', ...entry });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UserError(`${file}: ${entry.id}: ${v.getDotPath(issue) ?? 'the entry'}: ${issue.message}`);
}
