// The id that means "whichever variant and tuning point is fastest here": `kernel/<family>/tuned:<shape>`, and the space it
// chooses from. Knows no GPU object.
import { formatCaseId, type Params, parseCaseId } from '../src/core/case-id.ts';
import { UserError, unknownValue } from '../src/core/errors.ts';
import type { ListedCase } from '../src/core/suites.ts';
import type { DeviceCaps, KernelFamily, KernelPlan, KernelVariant, Tolerance } from './family.ts';
import { acceptsKernelId, families, listKernelCases } from './index.ts';

const TUNED = 'tuned';
/** Probes: their variants measure different things, so that none can stand for another. */
const PROBES = ['stream', 'fma'];

export interface SpacePoint {
  /** Case id of this very kernel. */
  readonly id: string;
  readonly variant: string;
  /** What it adds to the shape's parameters. */
  readonly point: Params;
  /** Why it cannot run on such a device, or the plan. */
  readonly plan: KernelPlan | string;
}

export function isTunedId(id: string): boolean {
  return /^kernel\/[^/:]+\/tuned:/.test(id);
}

/**
 * The written-out kernel cases, then one tuned case a shape that several variants are listed for. The suite `kernels` is
 * those of `default` and, since a choice may take 5 s beside its measurement, alone those of the tuner.
 */
export function listAllKernelCases(): ListedCase[] {
  const written = listKernelCases().map(({ id, suites }) => ({
    id,
    suites: suites.includes('default') ? [...suites, 'kernels' as const] : suites,
  }));
  return [...written, ...families.flatMap(tunedCases)];
}

/** As acceptsKernelId, with tuned ids. */
export function acceptsAnyKernelId(id: string): boolean {
  if (!isTunedId(id)) return acceptsKernelId(id);
  return findFamily(id) !== undefined;
}

function tunedCases(family: KernelFamily): ListedCase[] {
  if (PROBES.includes(family.name)) return [];
  const shapes = new Map<string, { variants: Set<string>; suites: Set<ListedCase['suites'][number]> }>();
  for (const { variants, params, suites } of family.cases) {
    const id = formatCaseId(`kernel/${family.name}/${TUNED}`, params);
    const shape = shapes.get(id) ?? { variants: new Set(), suites: new Set() };
    shapes.set(id, shape);
    for (const name of variants) shape.variants.add(name);
    for (const suite of suites) if (suite !== 'smoke') shape.suites.add(suite === 'default' ? 'kernels' : suite);
  }
  return [...shapes]
    .filter(([, { variants }]) => variants.size > 1)
    .map(([id, { suites }]) => ({ id, suites: [...suites] }));
}

/**
 * Every variant × tuning point that takes the shape, in the family's order. Throws a UserError for a family that has none to
 * choose from, and for parameters that no variant takes.
 */
export function tuningSpace(id: string, caps: DeviceCaps): SpacePoint[] {
  const family = findFamily(id);
  const { params } = parseCaseId(id);
  let refusal: UserError | null = null;
  const points = family.variants.flatMap((variant) => {
    try {
      return pointsOf(family, variant, params, caps);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusal ??= error;
      return [];
    }
  });
  if (points.length === 0 && refusal) throw refusal;
  return sameWork(points);
}

/**
 * A point that does other work than the first legal one, in other arithmetic or held to a looser tolerance, is no candidate:
 * nothing may win by doing less.
 */
function sameWork(points: readonly SpacePoint[]): SpacePoint[] {
  const first = points.map(({ plan }) => plan).find((plan) => typeof plan !== 'string');
  return points.map((item) => {
    if (first === undefined || typeof item.plan === 'string') return item;
    return { ...item, plan: whyLess(item.plan, first) ?? item.plan };
  });
}

/** Counted bytes may differ by this share: some kernels read a length from a buffer that others have as a constant. */
const SAME_BYTES = 1e-3;

/** Why a plan does not stand for the first, or null. */
export function whyLess(plan: KernelPlan, first: KernelPlan): string | null {
  const near = Math.abs(plan.bytes - first.bytes) <= SAME_BYTES * first.bytes;
  if (!near || workOf({ ...plan, bytes: first.bytes }) !== workOf(first))
    return `does other work: ${workOf(plan)}, not ${workOf(first)}`;
  for (const [i, { buffer, tolerance }] of plan.checks.entries()) {
    const most = first.checks[i]!.tolerance;
    if (tolerance.nmse > most.nmse || (tolerance.absolute ?? Infinity) > (most.absolute ?? Infinity))
      return `is held to a looser tolerance: ${buffer} to ${toleranceText(tolerance)}, not ${toleranceText(most)}`;
  }
  return null;
}

function workOf({ flops, bytes, checks, arithmetic = 'f32' }: KernelPlan): string {
  const outputs = checks.map((check) => `${check.length} outputs`);
  return [`${flops} flops`, `${bytes} bytes`, ...outputs, `${arithmetic} arithmetic`].join(', ');
}

function toleranceText({ nmse, absolute }: Tolerance): string {
  return `nmse ${nmse}${absolute === undefined ? '' : ` and ${absolute} absolute`}`;
}

function pointsOf(family: KernelFamily, variant: KernelVariant, params: Params, caps: DeviceCaps): SpacePoint[] {
  const points = variant.tuning?.(params, caps) ?? [{}];
  return points.map((point) => {
    const tuned = { ...params, ...point };
    return {
      id: formatCaseId(`kernel/${family.name}/${variant.name}`, tuned),
      variant: variant.name,
      point,
      plan: variant.illegal(tuned, caps) ?? variant.plan(tuned, caps),
    };
  });
}

function findFamily(id: string): KernelFamily {
  const name = parseCaseId(id).path.split('/')[1]!;
  const tunable = families.filter((family) => !PROBES.includes(family.name));
  return (
    tunable.find((family) => family.name === name) ??
    unknownValue(
      'kernel family to tune',
      name,
      tunable.map((family) => family.name),
    )
  );
}
