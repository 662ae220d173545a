import { describe, expect, it } from 'vitest';
import { adviseOn, type Symptoms } from './doctor-advice.ts';

const linux: Symptoms = { verdict: 'software', platform: 'linux', gpuNodes: [], vulkanDrivers: [] };
const node = { path: '/dev/dri/renderD128', accessible: true };

describe('adviseOn', () => {
  it('has nothing to mend where there is a GPU', () => {
    expect(adviseOn({ ...linux, verdict: 'gpu', gpuNodes: [node] })).toEqual(['npm run bench']);
  });

  it('begins with the hardware, then access, then the driver', () => {
    expect(adviseOn(linux)[0]).toContain('the kernel shows no GPU');
    expect(adviseOn({ ...linux, gpuNodes: [{ ...node, accessible: false }], vulkanDrivers: ['radeon.json'] })[0]).toBe(
      'this user may not open /dev/dri/renderD128: add it to the group that owns the file (render or video) and log in again',
    );
    expect(adviseOn({ ...linux, gpuNodes: [node] })[0]).toContain('no Vulkan driver is installed');
    expect(adviseOn({ ...linux, gpuNodes: [node], vulkanDrivers: ['radeon.json'] })[0]).toContain('chrome://gpu');
  });

  it('says that a software adapter still runs, and that nothing runs without any', () => {
    expect(adviseOn(linux).at(-1)).toContain('npm run bench works');
    expect(adviseOn({ ...linux, verdict: 'none' }).at(-1)).toContain('npm run doctor');
  });

  it('knows the settings page elsewhere', () => {
    expect(adviseOn({ ...linux, platform: 'win32' }).join('\n')).toContain('Remote Desktop');
    expect(adviseOn({ ...linux, platform: 'darwin' })[0]).toContain('graphics acceleration');
  });
});
