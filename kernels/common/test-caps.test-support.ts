// Device limits for the families' pure tests: WebGPU's guaranteed ones, changed where a test asks. Knows no family.
import type { DeviceCaps } from '../family.ts';

/** The limits every WebGPU device has (WebGPU §3.6.2), with `subgroups`. */
export function guaranteedCaps(changes: Partial<DeviceCaps> = {}): DeviceCaps {
  return {
    maxComputeWorkgroupsPerDimension: 65535,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupStorageSize: 16384,
    maxStorageBufferBindingSize: 134217728,
    features: new Set(['subgroups']),
    languageFeatures: new Set(['packed_4x8_integer_dot_product']),
    subgroupMinSize: 4,
    subgroupMaxSize: 128,
    subgroupMatrixConfigs: [],
    ...changes,
  };
}
