// Why a run would get no GPU, as far as the machine tells, and what to do about it. Pure.

export interface Symptoms {
  readonly verdict: 'gpu' | 'software' | 'none';
  readonly platform: NodeJS.Platform;
  /** GPU device files the kernel shows, each with whether this user may open it. Linux only. */
  readonly gpuNodes: readonly { readonly path: string; readonly accessible: boolean }[];
  /** Files of installed Vulkan drivers. Linux only. */
  readonly vulkanDrivers: readonly string[];
}

/** One sentence a line, the most likely cause first; the last line is the command to type next. */
export function adviseOn({ verdict, platform, gpuNodes, vulkanDrivers }: Symptoms): string[] {
  if (verdict === 'gpu') return ['npm run bench'];
  const causes = platform === 'linux' ? linuxCauses(gpuNodes, vulkanDrivers) : desktopCauses(platform);
  const last =
    verdict === 'software'
      ? 'npm run bench works as it is, on the software adapter; --require-gpu refuses that with exit code 4'
      : 'npm run doctor, after a change';
  return [...causes, last];
}

function linuxCauses(nodes: Symptoms['gpuNodes'], drivers: readonly string[]): string[] {
  if (nodes.length === 0) {
    return [
      'the kernel shows no GPU (no /dev/dri/renderD*, /dev/nvidia*, /dev/dxg): this machine has none, its driver is not loaded, ' +
        'or a container hides it (docker run --gpus all, or --device /dev/dri)',
    ];
  }
  const closed = nodes.filter((node) => !node.accessible).map((node) => node.path);
  return [
    ...(closed.length > 0
      ? [
          `this user may not open ${closed.join(', ')}: add it to the group that owns the file (render or video) and log in again`,
        ]
      : []),
    ...(drivers.length === 0
      ? ['no Vulkan driver is installed: mesa-vulkan-drivers for AMD and Intel, the NVIDIA driver package for NVIDIA']
      : []),
    'open chrome://gpu in this browser: the line "WebGPU" and the problems below it say why',
  ];
}

function desktopCauses(platform: NodeJS.Platform): string[] {
  return [
    'turn on "Use graphics acceleration when available" in the browser’s settings, and update browser and GPU driver',
    ...(platform === 'win32' ? ['over Remote Desktop, Windows may hide the GPU: try at the machine itself'] : []),
    'open chrome://gpu in this browser: the line "WebGPU" and the problems below it say why',
  ];
}
