// The devices one `bench` measures, one after the other: this machine, or every browser server named by --connect.
// Two at once could share a host, a power supply or this machine's line, and would measure each other.
import { join, resolve } from 'node:path';
import type { Options } from '../core/options.ts';
import type { ResultFile } from '../results/schema.ts';
import { type BrowserSource, localBrowsers } from './browser-source.ts';
import { bundleFileName, openBundleStore } from './bundle-store.ts';
import { ensureBrowser } from './find-browser.ts';
import type { Io } from './io.ts';
import { remoteBrowsers } from './remote-browsers.ts';
import { parseEndpoints } from './remote-endpoint.ts';
import { openResultStore, type ResultStore } from './result-store.ts';
import { thisMachine } from './this-machine.ts';

export interface BenchDevice {
  readonly source: BrowserSource;
  /** Empty for a device that needs none. */
  readonly label: string;
  readonly openStore: (first: ResultFile) => ResultStore;
}

/** Throws a UserError when a device cannot be used, before any is measured. */
export async function openDevices(options: Options, io: Io): Promise<BenchDevice[]> {
  const { out, label, headed } = options;
  const openStore = (first: ResultFile): ResultStore => openResultStore(out, io.cwd, io.packageFolder, first);
  if (options.connect.length === 0) {
    const { path } = ensureBrowser(await thisMachine(io.stderr));
    return [{ source: localBrowsers(path, headed), label, openStore }];
  }
  const devices = parseEndpoints(options.connect).map((endpoint) => ({
    source: remoteBrowsers(endpoint, headed),
    label: endpoint.label ?? label,
  }));
  for (const { source } of devices) await (await source.start(source.plans[0]!)).close();
  if (devices.length === 1) return [{ ...devices[0]!, openStore }];
  const bundle = openBundleStore(bundlePath(out, io));
  return devices.map((device) => ({ ...device, openStore: bundle.openDevice }));
}

function bundlePath(out: string, { cwd, packageFolder }: Io): string {
  if (out !== '') return resolve(cwd, out);
  return join(packageFolder, 'bench-results', 'local', bundleFileName(new Date().toISOString()));
}
