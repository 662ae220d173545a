// Says what machine, browser and clock a run stands on. Runs inside the worker, where the GPU is.
import { runtimeVersions } from '../core/build-info.ts';
import { type OpenedDevice, openDevice } from '../gpu/device.ts';
import { probeTimer } from '../gpu/timer-probe.ts';
import type { Environment } from '../results/schema.ts';
import type { Machine } from '../session/machine.ts';
import { databaseTuneStorage } from './tune-database.ts';

interface UserAgentData {
  readonly brands: readonly { readonly brand: string; readonly version: string }[];
  getHighEntropyValues(hints: readonly string[]): Promise<{
    readonly architecture?: string;
    readonly platform?: string;
    readonly platformVersion?: string;
    readonly fullVersionList?: readonly { readonly brand: string; readonly version: string }[];
  }>;
}

/** Opens the GPU and probes its clocks; null when WebGPU gives no adapter. */
export async function openMachine(): Promise<Machine | null> {
  const gpu = navigator.gpu as GPU | undefined;
  const opened = gpu ? await openDevice(gpu) : null;
  if (!opened) return null;
  const timer = await probeTimer(opened.device);
  return { ...opened, timer, environment: await describeEnvironment(opened), tuneStorage: databaseTuneStorage() };
}

/** Why there is no adapter and what to do about it. */
export function missingAdapter(): string {
  if (!globalThis.isSecureContext) return 'WebGPU needs a secure context: open the page over https or from localhost.';
  if (!('gpu' in navigator)) return 'This browser has no WebGPU: use a current Chrome, Edge, Firefox or Safari.';
  return (
    'WebGPU is there but gives no adapter: update the GPU driver, turn on "Use graphics acceleration when available" ' +
    'in the browser’s settings, and look at chrome://gpu for "WebGPU".'
  );
}

async function describeEnvironment(opened: OpenedDevice): Promise<Environment> {
  const agent = (navigator as unknown as { userAgentData?: UserAgentData }).userAgentData;
  const values = await agent?.getHighEntropyValues(['architecture', 'platform', 'platformVersion', 'fullVersionList']);
  // Browsers add a made-up brand so that nobody relies on the list's order; it always holds "Not".
  const brand = (values?.fullVersionList ?? agent?.brands)?.filter((item) => !/not/i.test(item.brand)).at(-1);
  return {
    lane: 'browser',
    adapter: opened.adapter,
    browser: {
      name: brand?.brand ?? browserFromAgent(navigator.userAgent).name,
      version: brand?.version ?? browserFromAgent(navigator.userAgent).version,
      userAgent: navigator.userAgent,
      headless: /Headless/.test(navigator.userAgent) ? true : null,
      flags: [],
    },
    os: {
      name: [values?.platform, values?.platformVersion].filter(Boolean).join(' ') || osFromAgent(navigator.userAgent),
      ...(values?.architecture ? { architecture: values.architecture } : {}),
    },
    logicalCores: navigator.hardwareConcurrency,
    crossOriginIsolated: globalThis.crossOriginIsolated,
    runtimes: { ...runtimeVersions },
  };
}

/** Firefox and Safari have no client hints; their user-agent text still names them. */
function browserFromAgent(userAgent: string): { name: string; version: string } {
  const found = /(Firefox|Version)\/([\d.]+)/.exec(userAgent);
  if (!found) return { name: 'unknown', version: '' };
  return { name: found[1] === 'Version' ? 'Safari' : found[1]!, version: found[2]! };
}

function osFromAgent(userAgent: string): string {
  return /\(([^;)]+)/.exec(userAgent)?.[1] ?? 'unknown';
}
