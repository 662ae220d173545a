import { describe, expect, it } from 'vitest';
import { type LaunchFacts, launchPlans } from './launch-plans.ts';

const desktop: LaunchFacts = {
  platform: 'linux',
  isRoot: false,
  headed: false,
  hasGpuNode: true,
  sharedMemoryBytes: 8e9,
};

function names(facts: Partial<LaunchFacts>): string[] {
  return launchPlans({ ...desktop, ...facts }).map((plan) => plan.name);
}

function firstFlags(facts: Partial<LaunchFacts>): readonly string[] {
  return launchPlans({ ...desktop, ...facts })[0]!.flags;
}

describe('launchPlans', () => {
  it('tries Chrome as a person opens it first and the software adapter last', () => {
    expect(names({})).toEqual(['default', 'vulkan', 'swiftshader']);
    expect(names({ hasGpuNode: false })).toEqual(['default', 'swiftshader']);
    expect(names({ platform: 'darwin', sharedMemoryBytes: null })).toEqual(['default', 'swiftshader']);
  });

  it('adds to the first plan only what running unattended needs', () => {
    expect(firstFlags({})).toEqual(['--no-first-run', '--no-default-browser-check', '--headless=new']);
    expect(firstFlags({ headed: true })).not.toContain('--headless=new');
    expect(firstFlags({ isRoot: true })).toContain('--no-sandbox');
    expect(firstFlags({ isRoot: true, platform: 'darwin' })).not.toContain('--no-sandbox');
    expect(firstFlags({ sharedMemoryBytes: 64 * 2 ** 20 })).toContain('--disable-dev-shm-usage');
  });

  it('names the software adapter only in the last plan', () => {
    const plans = launchPlans(desktop).map(({ flags }) => flags.includes('--use-webgpu-adapter=swiftshader'));
    expect(plans).toEqual([false, false, true]);
  });
});
