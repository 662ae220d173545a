// Compiles every shader of every case for a device with only the guaranteed limits. Dawn's null backend runs nothing
// but validates all, so that the large shapes need neither memory nor time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelineFor } from '../src/gpu/pipelines.ts';
import { guaranteedCaps } from './common/test-caps.test-support.ts';
import { listKernelCases, planKernel } from './index.ts';

describe('every case', () => {
  // Dawn crashes the process when the instance is collected while its device lives, so both are held here.
  let gpu: GPU;
  let device: GPUDevice;
  beforeAll(async () => {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    gpu = create(['backend=null']);
    const adapter = (await gpu.requestAdapter())!;
    device = await adapter.requestDevice({ requiredFeatures: ['subgroups'] });
  });
  afterAll(() => device.destroy());
  it.each(listKernelCases().map((item) => item.id))('%s compiles', async (id) => {
    for (const { shader, bindings } of planKernel(id, guaranteedCaps()).plan.dispatches) {
      const pipeline = await pipelineFor(device, shader);
      expect(pipeline.getBindGroupLayout(0)).toBeDefined();
      expect(bindings.length).toBeLessThanOrEqual(device.limits.maxStorageBuffersPerShaderStage);
    }
  });
});
