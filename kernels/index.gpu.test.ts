// The compile gate: every variant × tuning point × type of every case, on Dawn's null backend, which runs nothing but
// validates all; so that f16, subgroup matrices and the large shapes need no GPU, no memory and no time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCaseId } from '../src/core/case-id.ts';
import { messageOf } from '../src/core/errors.ts';
import { capsOf, SUBGROUP_MATRIX } from '../src/gpu/device.ts';
import { assembleSource, compileShader, pipelineFor } from '../src/gpu/pipelines.ts';
import { guaranteedCaps } from './common/test-caps.test-support.ts';
import type { DeviceCaps, DispatchPlan, KernelVariant } from './family.ts';
import { families, listKernelCases } from './index.ts';

/** Shapes that today's matrix units have: the null backend takes any, so that what is asked for here is what gets compiled. */
const MATRIX_SHAPES = [
  ...[8, 16].map((size) => ({ M: size, N: size, K: size })),
  { M: 8, N: 16, K: 16 },
  { M: 16, N: 8, K: 16 },
].flatMap((shape) => [
  { componentType: 'f16', resultComponentType: 'f32', ...shape },
  { componentType: 'f16', resultComponentType: 'f16', ...shape },
  { componentType: 'f32', resultComponentType: 'f32', ...shape },
]);

interface Profile {
  readonly name: string;
  readonly caps: DeviceCaps;
  readonly device: GPUDevice;
  /** False where the null backend has lower limits than the profile: the shader's text is compiled, no pipeline is made. */
  readonly pipelines: boolean;
}

async function openProfiles(gpu: GPU): Promise<Profile[]> {
  const open = async (features: readonly string[]): Promise<GPUDevice> => {
    const adapter = (await gpu.requestAdapter())!;
    return adapter.requestDevice({ requiredFeatures: features as GPUFeatureName[] });
  };
  const plain = await open(['subgroups']);
  const rich = await open(['subgroups', 'subgroup-size-control', 'shader-f16', SUBGROUP_MATRIX]);
  const languageFeatures = gpu.wgslLanguageFeatures;
  const rest = { languageFeatures, subgroupMatrixConfigs: MATRIX_SHAPES };
  const all = { ...capsOf(rich), ...rest };
  const large = {
    ...all,
    maxComputeInvocationsPerWorkgroup: 1024,
    maxComputeWorkgroupStorageSize: 49152,
    maxStorageBufferBindingSize: 2 ** 32 - 4,
  };
  return [
    { name: 'guaranteed limits', caps: guaranteedCaps({ languageFeatures }), device: plain, pipelines: true },
    { name: 'every feature', caps: all, device: rich, pipelines: true },
    ...([32, 64] as const).map((size) => ({
      name: `a large GPU with subgroups of ${size}`,
      caps: { ...large, subgroupMinSize: size, subgroupMaxSize: size },
      device: rich,
      pipelines: false,
    })),
  ];
}

interface Tally {
  readonly faults: string[];
  /** Sources compiled as a pipeline or a module, by device. */
  readonly compiled: Map<GPUDevice, Set<string>>;
}

async function compileStep(
  { device, pipelines }: Profile,
  { shader, bindings }: DispatchPlan,
  id: string,
  tally: Tally,
) {
  const done = tally.compiled.get(device) ?? new Set<string>();
  tally.compiled.set(device, done);
  const source = assembleSource(shader);
  if (done.has(source)) return;
  done.add(source);
  try {
    if (pipelines) (await pipelineFor(device, shader)).getBindGroupLayout(0);
    else await compileShader(device, shader);
    const most = device.limits.maxStorageBuffersPerShaderStage;
    if (bindings.length > most) throw new Error(`binds ${bindings.length} buffers; ${most} are guaranteed`);
  } catch (error) {
    tally.faults.push(`${id}: ${messageOf(error)}`);
  }
}

/** Every legal tuning point of a variant's cases; `points` counts them. */
async function compileVariant(path: string, variant: KernelVariant, profiles: readonly Profile[]) {
  const tally: Tally = { faults: [], compiled: new Map() };
  const cases = listKernelCases().filter(({ id }) => id.startsWith(`${path}:`));
  let points = 0;
  for (const { id } of cases) {
    const { params } = parseCaseId(id);
    for (const profile of profiles) {
      for (const point of variant.tuning?.(params, profile.caps) ?? [{}]) {
        const tuned = { ...params, ...point };
        if (variant.illegal(tuned, profile.caps) !== null) continue;
        points++;
        const where = `${profile.name}: ${id} ${JSON.stringify(point)}`;
        for (const step of variant.plan(tuned, profile.caps).dispatches) await compileStep(profile, step, where, tally);
      }
    }
  }
  return { faults: tally.faults, points };
}

describe('every variant, tuning point and type compiles', () => {
  // Dawn crashes the process when the instance is collected while its device lives, so both are held here.
  let gpu: GPU;
  let profiles: Profile[];
  beforeAll(async () => {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
    profiles = await openProfiles(gpu);
  });
  afterAll(() => {
    for (const device of new Set(profiles.map((profile) => profile.device))) device.destroy();
  });
  const variants = families.flatMap((family) =>
    family.variants.map((variant) => ({ path: `kernel/${family.name}/${variant.name}`, variant })),
  );
  it.each(variants)('$path', async ({ path, variant }) => {
    const { faults, points } = await compileVariant(path, variant, profiles);
    expect(faults).toEqual([]);
    expect(points, 'a variant that is legal nowhere, or in no case').toBeGreaterThan(0);
  });
});
