// Builds the page (default mode) and the command line (`--mode cli`) from one source tree, and names the test projects.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string };

function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** Version of an installed package, read past its exports map. */
function installedVersion(name: string): string {
  const manifest = readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** On a slow machine it would warn of its own plugins at every command. */
const rolldownOptions = { checks: { pluginTimings: false } };

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig(({ mode }) => ({
  define: {
    __FLEETMARK_BUILD__: JSON.stringify({
      version,
      commit: git('rev-parse', 'HEAD'),
      dirty: git('status', '--porcelain') !== '',
      runtimes: Object.fromEntries(
        ['onnxruntime-web', '@jax-js/jax', '@tensorflow/tfjs-backend-webgpu'].map((name) => [
          name,
          installedVersion(name),
        ]),
      ),
      dawn: installedVersion('webgpu'),
    }),
  },
  base: './',
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es' as const, rolldownOptions },
  assetsInclude: ['**/*.onnx'],
  ...(mode === 'bundle'
    ? { ssr: { noExternal: true as const, external: ['webgpu', 'playwright', '@duckdb/node-api'] } }
    : {}),
  build:
    mode === 'cli' || mode === 'bundle'
      ? // A bundle holds its packages, with their licences in .vite/license.md.
        {
          ssr: 'src/cli/fleetmark.ts',
          outDir: `dist/${mode}`,
          target: 'node20',
          license: mode === 'bundle',
          rolldownOptions,
        }
      : {
          outDir: 'dist/page',
          target: 'es2023',
          assetsInlineLimit: 0,
          chunkSizeWarningLimit: 30_000,
          rolldownOptions,
        },
  test: {
    reporters: ['default', './src/e2e/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,kernels,models}/**/*.test.ts'],
          exclude: ['src/e2e/**', '**/*.gpu.test.ts', 'node_modules/**'],
          // A loaded machine takes many times as long as a quiet one; no test waits for this.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['{src,kernels}/**/*.gpu.test.ts'],
          globalSetup: 'src/e2e/ensure-browser.ts',
          testTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['src/e2e/**/*.test.ts'],
          expect: { poll: { timeout: 60_000 } },
          globalSetup: 'src/e2e/ensure-browser.ts',
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
}));
