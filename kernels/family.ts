// What a kernel family owes the harness: shader, geometry, cost, f64 reference and tolerance, for every parameter set.
// Knows no GPU object: a plan is data that src/gpu turns into buffers and dispatches.
import type { Params } from '../src/core/case-id.ts';
import type { Rng } from '../src/core/rng.ts';

/** The device limits a family may depend on (names as in GPUSupportedLimits) and the features it may use. */
export interface DeviceCaps {
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly features: ReadonlySet<string>;
  /** WGSL language features (navigator.gpu.wgslLanguageFeatures), e.g. `packed_4x8_integer_dot_product`. */
  readonly languageFeatures: ReadonlySet<string>;
  /** Bounds of the subgroup size a shader may meet; the guaranteed 4 and 128 where the adapter does not say. */
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  /** Empty without Dawn's experimental feature. */
  readonly subgroupMatrixConfigs: readonly SubgroupMatrixConfig[];
}

/** One shape of the matrix units: an M × K by K × N product (names as in GPUAdapterInfo.subgroupMatrixConfigs). */
export interface SubgroupMatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

export type HostArray = Float32Array | Uint32Array | Int32Array;

/** Makes an input from a seeded stream. */
export interface Fill {
  (rng: Rng): HostArray;
  /**
   * Names what it makes: fills of one name make the same from the same stream, so that kernels held against each other may
   * share it. Without a name nothing is shared.
   */
  readonly contents?: string;
}

export interface BufferPlan {
  readonly name: string;
  readonly role: 'input' | 'output' | 'scratch';
  /** Size in bytes, a multiple of 4. */
  readonly bytes: number;
  /** How many of them an operation reads, where that is not all: of a mixture's experts only those chosen. */
  readonly readBytes?: number;
  /** Seeded contents; inputs only. Called once, before verification. */
  readonly fill?: Fill;
  /** Read once an operation, as weights are: the harness may cycle through copies, so that no cache holds it. */
  readonly rotates?: boolean;
}

/** A WGSL literal: numbers are emitted as u32 (`128u`), texts as they are (`1e-5f`, `true`). */
export type Constant = number | string;

export interface ShaderPlan {
  /** Readable variant name, the pipeline's label: `matmul/register m=512 n=512 k=512`. */
  readonly label: string;
  /** Text of the .wgsl file, which reads alone; entry point `main`. */
  readonly source: string;
  /** Emitted before the source as `const NAME = literal;`. Listed in the shader's head comment. */
  readonly constants: Readonly<Record<string, Constant>>;
  /** WGSL extensions to `enable`, e.g. `subgroups`. */
  readonly enables?: readonly string[];
}

export interface DispatchPlan {
  readonly shader: ShaderPlan;
  /** Buffer names in binding order: the i-th is `@group(0) @binding(i)`. */
  readonly bindings: readonly string[];
  readonly workgroups: readonly [number, number, number];
}

export type ElementFormat = 'f32' | 'f16' | 'u32' | 'i32';

/** The units a kernel's operations run on: each has a roof of its own. */
export type Arithmetic = 'f32' | 'f16' | 'int8' | 'matrix-f16';

/** How an output is checked. Every bound must hold. */
export interface Tolerance {
  /** Largest allowed Σ(a−e)² / Σe². */
  readonly nmse: number;
  /** Largest allowed |a−e| at any element, given the expected value there. */
  readonly absolute?: number;
}

export interface OutputCheck {
  readonly buffer: string;
  /** Number of elements. */
  readonly length: number;
  /** Type of an element in the buffer; f32 when absent. */
  readonly format?: ElementFormat;
  /**
   * Expected values in f64 at the given element indices, from the very inputs the GPU got (by buffer name).
   * Families evaluate single elements so that large shapes can be checked on a sample.
   */
  readonly reference: (inputs: Readonly<Record<string, HostArray>>, indices: Uint32Array) => Float64Array;
  /** Floating-point operations one element of the reference costs, so the harness can bound the check's time. */
  readonly flopsPerElement: number;
  /** Consecutive elements that share most of their cost: a sample then takes whole rows. 1 when absent. */
  readonly rowLength?: number;
  readonly tolerance: Tolerance;
}

export interface KernelPlan {
  readonly buffers: readonly BufferPlan[];
  /** Executed in order, once per repetition. */
  readonly dispatches: readonly DispatchPlan[];
  readonly checks: readonly OutputCheck[];
  /** Algorithmic floating-point operations per repetition (the formula is in the family's docstring). */
  readonly flops: number;
  /** Whose peak `flops` is held to; f32 when absent. */
  readonly arithmetic?: Arithmetic;
  /** Algorithmic bytes moved per repetition: each operand once, not cache traffic. */
  readonly bytes: number;
}

export interface KernelVariant {
  readonly name: string;
  /** One clause: the idea that sets it apart. */
  readonly idea: string;
  /**
   * The points of the tuning space for these parameters on such a device, the default first: tunable parameters to add to
   * `params`, so that every tuned kernel has a case id of its own. Absent where there is nothing to choose.
   */
  tuning?(params: Params, caps: DeviceCaps): readonly Params[];
  /** Why these parameters cannot run on such a device, or null. */
  illegal(params: Params, caps: DeviceCaps): string | null;
  /** Throws a UserError on a parameter that is missing, unknown or out of range. */
  plan(params: Params, caps: DeviceCaps): KernelPlan;
}

/** One line of a suite: variants × parameter set. */
export interface FamilyCase {
  readonly variants: readonly string[];
  readonly params: Params;
  /** Suites that hold it; `full` holds every case. */
  readonly suites: readonly ('smoke' | 'default' | 'full')[];
}

export interface KernelFamily {
  readonly name: string;
  readonly summary: string;
  readonly variants: readonly KernelVariant[];
  readonly cases: readonly FamilyCase[];
}
