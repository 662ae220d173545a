// What a bundle holds and where each part comes from on this machine. Finds files; packs nothing.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../core/errors.ts';

export interface BundleFile {
  readonly from: string;
  /** Path inside the bundle. */
  readonly to: string;
  /** A program or library that can be stripped of its symbols. */
  readonly binary?: boolean;
}

/** Facts about the machine that packs. */
export interface PackingMachine {
  /** The running Node. */
  readonly node: string;
  /** Folder of package.json, with dist/bundle in it. */
  readonly packageFolder: string;
  /** Folder with a SwiftShader driver and a Vulkan loader beside it; null where there is none. */
  readonly drivers: string | null;
}

/** The software adapter, for a machine without a GPU, and the loader that finds a GPU's driver where the system has none. */
const DRIVERS = ['vk_swiftshader_icd.json', 'libvk_swiftshader.so', 'libvulkan.so.1'];

/** Throws a UserError that names what is missing and where it was looked for. */
export function bundleContents({ node, packageFolder, drivers }: PackingMachine): BundleFile[] {
  const runner = join(packageFolder, 'dist', 'bundle');
  const modules = join(packageFolder, 'node_modules');
  const nodeLicence = firstOf('the licence of Node', [
    join(dirname(node), '..', 'LICENSE'),
    join(dirname(node), '..', 'share', 'doc', 'nodejs', 'LICENSE'),
    '/usr/share/doc/nodejs/LICENSE',
  ]);
  const found = drivers === null ? [] : DRIVERS.filter((name) => existsSync(join(drivers, name)));
  return [
    { from: node, to: 'lib/bin/node', binary: true },
    { from: join(runner, 'fleetmark.js'), to: 'lib/dist/cli/fleetmark.js' },
    { from: join(runner, 'assets'), to: 'lib/dist/cli/assets' },
    ...['index.js', 'package.json'].map((name) => ({
      from: join(modules, 'webgpu', name),
      to: `lib/node_modules/webgpu/${name}`,
    })),
    {
      from: join(modules, 'webgpu', 'dist', 'linux-x64', 'dawn.node'),
      to: 'lib/node_modules/webgpu/dist/linux-x64/dawn.node',
      binary: true,
    },
    ...found.map((name) => ({
      from: join(drivers!, name),
      to: `lib/drivers/${name}`,
      binary: !name.endsWith('.json'),
    })),
    ...['model.safetensors', 'config.json', 'tokenizer.json', 'tokenizer_config.json'].map((name) => ({
      from: join(packageFolder, 'models', 'tiny', name),
      to: `lib/models/tiny/${name}`,
    })),
    { from: join(packageFolder, 'LICENSE'), to: 'licences/fleetmark.txt' },
    { from: nodeLicence, to: 'licences/node.txt' },
    { from: join(modules, 'webgpu', 'LICENSE.md'), to: 'licences/dawn.txt' },
    { from: join(runner, '.vite', 'license.md'), to: 'licences/packages.md' },
    // Playwright's own text is the unchanged Apache License 2.0, under which Khronos and Google give these two.
    ...(found.length > 0
      ? [{ from: join(modules, 'playwright', 'LICENSE'), to: 'licences/vulkan-loader-and-swiftshader.txt' }]
      : []),
  ];
}

function firstOf(what: string, paths: readonly string[]): string {
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new UserError(`${what} goes into a bundle and is in none of: ${paths.join(', ')}`);
  return found;
}

/** Starts the packed Node on the packed runner, from wherever it is called. */
export const LAUNCHER = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
FLEETMARK_DRIVERS="$here/lib/drivers"
export FLEETMARK_DRIVERS
exec "$here/lib/bin/node" "$here/lib/dist/cli/fleetmark.js" "$@"
`;

/** `version` as in package.json. */
export function bundleReadme(version: string, node: string): string {
  return `Fleetmark ${version} for Linux x64, with Node ${node} and Dawn: needs no Node, no browser and no network.
It needs glibc 2.34 or newer (Debian 12, Ubuntu 22.04, RHEL 9) and, for a GPU, its Vulkan driver.

  ./fleetmark doctor --lane native
  ./fleetmark bench --lane native --suite kernels --out FILE

The file it writes is read by \`fleetmark show\`, \`compare\` and the page like any other.
licences/ holds the licence of every part.
`;
}
