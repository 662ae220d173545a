import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleContents, bundleReadme, LAUNCHER } from './contents.ts';

function folderWith(...paths: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetmark-test-'));
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
  return folder;
}

describe('bundleContents', () => {
  it('takes Node, runner, Dawn and the licence of each', () => {
    const prefix = folderWith('bin/node', 'LICENSE');
    const contents = bundleContents({ node: join(prefix, 'bin/node'), packageFolder: '/p', drivers: null });
    expect(contents.map(({ to }) => to)).toEqual([
      'lib/bin/node',
      'lib/dist/cli/fleetmark.js',
      'lib/dist/cli/assets',
      'lib/node_modules/webgpu/index.js',
      'lib/node_modules/webgpu/package.json',
      'lib/node_modules/webgpu/dist/linux-x64/dawn.node',
      'lib/models/tiny/model.safetensors',
      'lib/models/tiny/config.json',
      'lib/models/tiny/tokenizer.json',
      'lib/models/tiny/tokenizer_config.json',
      'licences/fleetmark.txt',
      'licences/node.txt',
      'licences/dawn.txt',
      'licences/packages.md',
    ]);
    expect(contents.find(({ to }) => to === 'licences/node.txt')!.from).toBe(join(prefix, 'LICENSE'));
    expect(contents.filter(({ binary }) => binary).map(({ to }) => to)).toEqual([
      'lib/bin/node',
      'lib/node_modules/webgpu/dist/linux-x64/dawn.node',
    ]);
  });

  it('takes along what there is of the software adapter, with its licence', () => {
    const prefix = folderWith('bin/node', 'share/doc/nodejs/LICENSE');
    const drivers = folderWith('vk_swiftshader_icd.json', 'libvk_swiftshader.so');
    const contents = bundleContents({ node: join(prefix, 'bin/node'), packageFolder: '/p', drivers });
    const added = contents.map(({ to }) => to).filter((to) => /drivers|swiftshader/.test(to));
    expect(added).toEqual([
      'lib/drivers/vk_swiftshader_icd.json',
      'lib/drivers/libvk_swiftshader.so',
      'licences/vulkan-loader-and-swiftshader.txt',
    ]);
  });
});

it('the launcher starts the packed Node on the packed runner, wherever both were put', () => {
  const paths = [...LAUNCHER.matchAll(/\$here\/([\w./-]+)/g)].map((match) => match[1]);
  expect(paths).toEqual(['lib/drivers', 'lib/bin/node', 'lib/dist/cli/fleetmark.js']);
});

it('the text beside it says what it is and how to run it', () => {
  expect(bundleReadme('1.2.3', '20.1.0')).toContain('./fleetmark bench --lane native --suite kernels --out FILE');
});
