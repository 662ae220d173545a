// The only list of kernel families, and the way from a case id to a plan. Knows no GPU object.
import { formatCaseId, parseCaseId } from '../src/core/case-id.ts';
import { unknownValue } from '../src/core/errors.ts';
import type { ListedCase } from '../src/core/suites.ts';
import { attention } from './attention/attention.ts';
import type { DeviceCaps, KernelFamily, KernelPlan, KernelVariant } from './family.ts';
import { fma } from './fma/fma.ts';
import { gemv } from './gemv/gemv.ts';
import { matmul } from './matmul/matmul.ts';
import { moe } from './moe/moe.ts';
import { rmsnorm } from './rmsnorm/rmsnorm.ts';
import { rope } from './rope/rope.ts';
import { sampling } from './sampling/sampling.ts';
import { softmax } from './softmax/softmax.ts';
import { stream } from './stream/stream.ts';
import { swiglu } from './swiglu/swiglu.ts';

export const families: readonly KernelFamily[] = [
  stream,
  fma,
  matmul,
  gemv,
  attention,
  rmsnorm,
  rope,
  softmax,
  swiglu,
  sampling,
  moe,
];

export interface FoundVariant {
  readonly family: KernelFamily;
  readonly variant: KernelVariant;
}

/** The family and variant of `kernel/<family>/<variant>`; throws a UserError that lists the known names. */
export function findVariant(path: string): FoundVariant {
  const [root, familyName = '', variantName = '', ...rest] = path.split('/');
  if (root !== 'kernel' || rest.length > 0)
    unknownValue(
      'kernel path',
      path,
      families.map((item) => `kernel/${item.name}/…`),
    );
  const family =
    families.find((item) => item.name === familyName) ??
    unknownValue(
      'kernel family',
      familyName,
      families.map((item) => item.name),
    );
  const variant =
    family.variants.find((item) => item.name === variantName) ??
    unknownValue(
      `variant of kernel ${familyName}`,
      variantName,
      family.variants.map((item) => item.name),
    );
  return { family, variant };
}

/** Every kernel case, in the order of the families and of their case tables. */
export function listKernelCases(): ListedCase[] {
  return families.flatMap((family) =>
    family.cases.flatMap(({ variants, params, suites }) =>
      variants.map((variant) => ({ id: formatCaseId(`kernel/${family.name}/${variant}`, params), suites })),
    ),
  );
}

/**
 * Whether an id is that of a kernel case that can be made, in the suites or not; parameters are read when it is planned for
 * a device. Throws a UserError for a family or variant that is not there.
 */
export function acceptsKernelId(id: string): boolean {
  if (!id.startsWith('kernel/') || !id.includes(':')) return false;
  findVariant(parseCaseId(id).path);
  return true;
}

/** Throws a UserError on an unknown family or variant, and on parameters it does not take. Ask `variant.illegal` first. */
export function planKernel(id: string, caps: DeviceCaps): FoundVariant & { readonly plan: KernelPlan } {
  const { path, params } = parseCaseId(id);
  const found = findVariant(path);
  return { ...found, plan: found.variant.plan(params, caps) };
}
