// WebGPU in Node through the npm package `webgpu` (Dawn): the machine's GPU, else the SwiftShader that ships with Chromium.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { type OpenedDevice, openDevice } from '../gpu/device.ts';

/**
 * How Dawn is set, none of which changes a kernel that runs without: time stamps of full precision; the draft of subgroup
 * matrices; f16 on NVIDIA drivers before 615.71, which have it all the same. Robustness stays on, as in a page.
 */
export const DAWN_FLAGS: readonly string[] = [
  'enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia',
  'disable-dawn-features=timestamp_quantization',
];

const ICD = 'vk_swiftshader_icd.json';
const RTLD_NODELETE = 0x1000;

/** Hold on to `gpu`: Dawn crashes the process when the instance is collected while its device lives. */
export interface OpenedDawn extends OpenedDevice {
  readonly gpu: GPU;
}

/** Opens a device, or throws a UserError naming what is missing. The process must end itself: Dawn keeps it alive. */
export async function openDawn(): Promise<OpenedDawn> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const open = async (): Promise<OpenedDawn | null> => {
    const gpu = create([...DAWN_FLAGS]);
    const device = await openDevice(gpu);
    return device && { ...device, gpu };
  };
  const opened = await open();
  if (opened) return opened;
  const folder = findSwiftShader();
  if (folder) {
    // A GPU's driver may be there without the loader that finds it.
    if (loadVulkan(folder)) {
      const hardware = await open();
      if (hardware) return hardware;
    }
    process.env.VK_ICD_FILENAMES = path.join(folder, ICD);
    const software = await open();
    if (software) return software;
  }
  throw new UserError(
    `no WebGPU adapter in Node: no GPU driver, and no ${ICD} in ${folder ?? 'any Chromium folder'}. ` +
      'Install Chromium, or set FLEETMARK_BROWSER to its executable.',
    4,
  );
}

/** The folder of a bundle or a Chromium that ships SwiftShader's Vulkan driver. */
export function findSwiftShader(): string | null {
  const { FLEETMARK_BROWSER: browser, FLEETMARK_DRIVERS: bundled } = process.env;
  const cache = path.join(homedir(), '.cache', 'ms-playwright');
  const downloads = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('chromium-')) : [];
  const candidates = [
    ...(bundled ? [bundled] : []),
    ...(browser && existsSync(browser) ? [path.dirname(realpathSync(browser))] : []),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    ...downloads.flatMap((name) => ['chrome-linux', 'chrome-linux64'].map((sub) => path.join(cache, name, sub))),
  ];
  return candidates.find((folder) => existsSync(path.join(folder, ICD))) ?? null;
}

/** Loads the Vulkan loader beside SwiftShader, for where the system has none: once loaded, dlopen finds it by name. */
function loadVulkan(folder: string): boolean {
  const loader = path.join(folder, 'libvulkan.so.1');
  if (!existsSync(loader)) return false;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // It is no Node add-on, so this always throws "did not self-register"; NODELETE keeps it loaded all the same.
  }
  return true;
}
