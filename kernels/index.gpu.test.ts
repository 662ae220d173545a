// Compiles every shader of every case for a device with only the guaranteed limits. Dawn's null backend runs nothing
// but validates all, so that the large shapes need neither memory nor time.
import { describe, expect, it } from 'vitest';
import { pipelineFor } from '../src/gpu/pipelines.ts';
import { guaranteedCaps } from './common/test-caps.test-support.ts';
import { listKernelCases, planKernel } from './index.ts';

describe('every case', async () => {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create(['backend=null']);
  const adapter = (await gpu.requestAdapter())!;
  const device = await adapter.requestDevice({ requiredFeatures: ['subgroups'] });
  it.each(listKernelCases().map((item) => item.id))('%s compiles', async (id) => {
    for (const { shader, bindings } of planKernel(id, guaranteedCaps()).plan.dispatches) {
      const pipeline = await pipelineFor(device, shader);
      expect(pipeline.getBindGroupLayout(0)).toBeDefined();
      expect(bindings.length).toBeLessThanOrEqual(device.limits.maxStorageBuffersPerShaderStage);
    }
  });
});
