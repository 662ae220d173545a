// Opens the adapter and device with every limit and feature the harness can use, and says what they are.
// Knows neither page nor Node: the GPU entry point is handed in.
import type { DeviceCaps, SubgroupMatrixConfig } from '../../kernels/family.ts';

/** Facts about an adapter, in the form the result file stores. */
export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallback: boolean;
  /** True for a CPU rasteriser, however it presents itself. */
  readonly isSoftware: boolean;
  readonly features: string[];
  readonly limits: Record<string, number>;
}

export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly adapter: AdapterFacts;
}

/** Dawn's name of the draft feature: there only where unsafe APIs are allowed. */
export const SUBGROUP_MATRIX = 'chromium-experimental-subgroup-matrix';
const WANTED_FEATURES = [
  'timestamp-query',
  'subgroups',
  'subgroup-size-control',
  'shader-f16',
  SUBGROUP_MATRIX,
] as readonly GPUFeatureName[];
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
] as const;
/** The language features of the entry point a device came from: a device does not know them. */
const languages = new WeakMap<GPUDevice, ReadonlySet<string>>();
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b/i;

/** Opens the high-performance adapter, or null when there is none. */
export async function openDevice(gpu: GPU): Promise<OpenedDevice | null> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const device = await adapter.requestDevice({
    label: 'fleetmark',
    requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  languages.set(device, gpu.wgslLanguageFeatures);
  return { device, adapter: describeAdapter(adapter) };
}

/** Whether a CPU rasteriser stands behind it, however it presents itself. */
export function isSoftware({ vendor, architecture, device, description, isFallbackAdapter }: GPUAdapterInfo): boolean {
  return isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`);
}

function describeAdapter(adapter: GPUAdapter): AdapterFacts {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const limits: Record<string, number> = {};
  // Limits are getters on the prototype, so Object.entries sees none of them.
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  return {
    vendor,
    architecture,
    device,
    description,
    isFallback: isFallbackAdapter,
    isSoftware: isSoftware(adapter.info),
    features: [...adapter.features].sort(),
    limits,
  };
}

/** The part of a device that kernel families plan by. */
export function capsOf(device: GPUDevice): DeviceCaps {
  const { limits, adapterInfo } = device;
  const { subgroupMatrixConfigs = [] } = adapterInfo as { subgroupMatrixConfigs?: readonly SubgroupMatrixConfig[] };
  return {
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    features: new Set(device.features),
    languageFeatures: languages.get(device) ?? new Set(),
    subgroupMinSize: adapterInfo.subgroupMinSize || 4,
    subgroupMaxSize: adapterInfo.subgroupMaxSize || 128,
    subgroupMatrixConfigs: device.features.has(SUBGROUP_MATRIX) ? subgroupMatrixConfigs : [],
  };
}
