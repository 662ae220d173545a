// Which flags to launch the browser with, and in which order to try them. Pure: the machine's facts are handed in.

/** Facts about the machine that decide the flags. */
export interface LaunchFacts {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly headed: boolean;
  /** Whether the kernel shows a GPU: /dev/dri/renderD* or /dev/nvidia0. Only asked on Linux. */
  readonly hasGpuNode: boolean;
  /** Free bytes under /dev/shm on Linux; null elsewhere. */
  readonly sharedMemoryBytes: number | null;
}

export interface LaunchPlan {
  readonly name: 'default' | 'vulkan' | 'swiftshader';
  /** Flags that a file records: all but the debugging pipe and the profile's path. */
  readonly flags: readonly string[];
}

/** WebGPU uploads go through shared memory; a container's usual 64 MiB ends the GPU process. */
const SHARED_MEMORY_NEEDED = 2 ** 30;

/**
 * Plans in the order to try. First Chrome as a person opens it, plus what running unattended needs; then, on Linux with a
 * GPU, Vulkan by force, which Chrome still keeps off for some drivers; last the software adapter.
 */
export function launchPlans(facts: LaunchFacts): LaunchPlan[] {
  const { platform, isRoot, headed, hasGpuNode, sharedMemoryBytes } = facts;
  const base = [
    '--no-first-run',
    '--no-default-browser-check',
    ...(headed ? [] : ['--headless=new']),
    // Chrome refuses to run as root inside its sandbox.
    ...(platform === 'linux' && isRoot ? ['--no-sandbox'] : []),
    ...(sharedMemoryBytes !== null && sharedMemoryBytes < SHARED_MEMORY_NEEDED ? ['--disable-dev-shm-usage'] : []),
  ];
  const vulkan = ['--enable-features=Vulkan', '--use-angle=vulkan', '--enable-unsafe-webgpu'];
  const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--disable-background-networking'];
  return [
    { name: 'default', flags: base },
    ...(platform === 'linux' && hasGpuNode ? [{ name: 'vulkan' as const, flags: [...base, ...vulkan] }] : []),
    { name: 'swiftshader', flags: [...base, ...software] },
  ];
}
