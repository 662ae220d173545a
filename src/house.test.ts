// The rules of the house as a test: layers, cycles, names, sizes and a few bans. A rule that no file breaks today
// would be broken tomorrow by accident.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What each layer may import besides itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  stats: ['core'],
  kernels: ['core'],
  models: ['core'],
  bench: ['core', 'stats'],
  results: ['core', 'stats'],
  fleet: ['core', 'stats', 'results'],
  gpu: ['core', 'bench', 'kernels'],
  engine: ['core', 'gpu', 'kernels', 'models'],
  onnx: ['core', 'bench', 'models'],
  session: ['core', 'stats', 'bench', 'gpu', 'engine', 'kernels', 'models', 'results'],
  workers: ['core', 'bench', 'gpu', 'engine', 'onnx', 'kernels', 'models', 'fleet', 'results', 'session'],
  native: ['core', 'bench', 'gpu', 'engine', 'kernels', 'models', 'results', 'session'],
  report: ['core', 'stats', 'results', 'fleet'],
  page: ['core', 'stats', 'results', 'fleet', 'report'],
  cli: ['core', 'stats', 'results', 'fleet', 'report', 'native', 'kernels', 'models'],
};

/** Single files that a layer may import beyond that, with the reason. */
const EXTRA: readonly { from: string; file: string; why: string }[] = [
  { from: 'gpu', file: 'src/stats/order-statistics.ts', why: 'the median of timer probes' },
  { from: 'page', file: 'src/workers/api.ts', why: 'types of what the worker says' },
  { from: 'cli', file: 'src/workers/api.ts', why: 'types of what the page says' },
];

/** Layers that may import a package. Node’s own modules count as `node`. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  node: ['cli', 'native'],
  '@observablehq/plot': ['page'],
  '@preact/signals': ['page'],
  preact: ['page'],
  comlink: ['page', 'workers'],
  commander: ['cli'],
  playwright: ['cli'],
  sirv: ['cli'],
  'onnxruntime-web': ['onnx'],
  protobufjs: ['models', 'onnx'],
  // A library that a person installed, by its address on our own origin: no package of ours.
  address: ['workers'],
  '@jax-js/jax': ['workers'],
  '@tensorflow/tfjs-core': ['workers'],
  '@tensorflow/tfjs-backend-webgpu': ['workers'],
  '@huggingface/tokenizers': ['models'],
  valibot: ['results', 'fleet'],
  '@valibot/to-json-schema': ['results'],
  webgpu: ['native'],
  '@duckdb/node-api': ['cli'],
};

/** Files longer than the limit, each with the reason why it is one piece. */
const LINE_LIMIT = 300;
const LONG_FILES: Readonly<Record<string, string>> = {};

interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly layer: string;
  readonly text: string;
  readonly isTest: boolean;
}

function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

function layerOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? second : first;
}

const allFiles = ['src', 'kernels', 'models'].flatMap(listFiles);
const sources: readonly SourceFile[] = allFiles
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({
    path,
    layer: layerOf(path),
    text: readFileSync(join(ROOT, path), 'utf8'),
    isTest: /\.test(-support)?\.tsx?$/.test(path) || path.includes('/testdata/') || path.startsWith('src/e2e/'),
  }));
const product = sources.filter((file) => !file.isTest);

/** Every module a file names, in import, export and import(). */
function importsOf({ path, text }: SourceFile): string[] {
  const { module } = parseSync(path, text, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
  const reexports = module.staticExports.flatMap((item) => item.entries.map((entry) => entry.moduleRequest?.value));
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
    text.slice(start, end).replace(/^['"`]|['"`]$/g, ''),
  );
  const named = [...module.staticImports.map((item) => item.moduleRequest.value), ...reexports, ...dynamic];
  return [...new Set(named.filter((name) => name !== undefined))];
}

const imports = new Map(product.map((file) => [file.path, importsOf(file)]));

/** The path of a relative import without its query, from the root. */
function resolveImport(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier.split('?', 1)[0]!);
}

/** `file: what is wrong` for every file and import that `fault` finds fault with. */
function faultyImports(fault: (file: SourceFile, specifier: string) => string | null): string[] {
  return product.flatMap((file) =>
    imports.get(file.path)!.flatMap((specifier) => {
      const found = fault(file, specifier);
      return found === null ? [] : [`${file.path}: ${found}`];
    }),
  );
}

/** Lines of product code that match, as `file:line: text`. */
function linesMatching(files: readonly { path: string; text: string }[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}

it('reads the source tree', () => {
  expect(product.length).toBeGreaterThan(80);
  expect([...imports.values()].flat().length).toBeGreaterThan(200);
});

describe('layers', () => {
  it('are all known', () => {
    const unknown = product.filter(({ layer }) => !(layer in LAYERS)).map(({ path }) => path);
    expect(unknown).toEqual([]);
  });

  it('import only what stands to their right', () => {
    expect(
      faultyImports(({ path, layer }, specifier) => {
        if (!specifier.startsWith('.')) return null;
        const target = resolveImport(path, specifier);
        const allowed = layerOf(target) === layer || LAYERS[layer]!.includes(layerOf(target));
        return allowed || EXTRA.some((extra) => extra.from === layer && extra.file === target)
          ? null
          : `imports ${target}`;
      }),
    ).toEqual([]);
  });

  it('take only types from a layer’s borrowed file', () => {
    const borrowed = new Set(EXTRA.map((extra) => posix.basename(extra.file)));
    const valued = product
      .filter(({ layer }) => EXTRA.some((extra) => extra.from === layer))
      .flatMap((file) => linesMatching([file], /^import (?!type ).*from '.*workers\//))
      .filter((line) => [...borrowed].some((name) => line.includes(name)));
    expect(valued).toEqual([]);
  });

  it('have no cycle between files', () => {
    expect(findCycle()).toEqual([]);
  });

  it('import only the packages they are allowed', () => {
    expect(
      faultyImports(({ layer }, specifier) => {
        if (specifier.startsWith('.')) return null;
        const isNode = specifier.startsWith('node:') || builtinModules.includes(specifier);
        const name = isNode
          ? 'node'
          : specifier
              .split('/')
              .slice(0, specifier.startsWith('@') ? 2 : 1)
              .join('/');
        return PACKAGES[name]?.includes(layer) ? null : `imports ${specifier}`;
      }),
    ).toEqual([]);
  });

  it('spell relative imports with their suffix', () => {
    const suffix = /\.(ts|tsx|css|json|svg|(wgsl|txt|py)\?raw)$/;
    expect(faultyImports((_, name) => (name.startsWith('.') && !suffix.test(name) ? `imports ${name}` : null))).toEqual(
      [],
    );
  });
});

/** The first cycle met, as the files in it; empty when there is none. */
function findCycle(): string[] {
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const specifier of imports.get(path) ?? []) {
      if (!specifier.startsWith('.')) continue;
      const cycle = visit(resolveImport(path, specifier), [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const { path } of product) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe('globals', () => {
  const outside = (...layers: string[]): SourceFile[] => product.filter(({ layer }) => !layers.includes(layer));

  it('only the page touches the DOM', () => {
    const dom = /(?<![.\w'"`])(document|window|localStorage|history)\s*\.\s*\w|(?<![.\w])HTML\w*Element\b/;
    expect(linesMatching(withoutComments(outside('page')), dom)).toEqual([]);
  });

  it('only the command line and the native lane touch the process', () => {
    expect(
      linesMatching(withoutComments(outside('cli', 'native')), /(?<![.\w'"`])(process\.\w|__dirname|Buffer\.)/),
    ).toEqual([]);
  });

  it('no module holds state in a variable', () => {
    const files = product.filter(({ path }) => path !== 'src/page/state.ts');
    expect(linesMatching(files, /^(export )?(let|var) /)).toEqual([]);
  });
});

/** The files with the text of their comments blanked, lines kept. */
function withoutComments(files: readonly SourceFile[]): SourceFile[] {
  return files.map((file) => {
    const { comments } = parseSync(file.path, file.text, { lang: file.path.endsWith('x') ? 'tsx' : 'ts' });
    const blanked = comments.reduce(
      (text, { start, end }) => text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end),
      file.text,
    );
    return { ...file, text: blanked };
  });
}

describe('files', () => {
  it('are named in kebab-case', () => {
    const name = /^[a-z0-9]+([-.][a-z0-9]+)*$/;
    // `tokenizer_config.json` is what Hugging Face's loaders look for.
    const odd = allFiles.filter(
      (path) => !/\/conformance\/|README\.md$|tokenizer_config\.json$|\/\.[a-z]+$/.test(path),
    );
    expect(odd.filter((path) => !path.split('/').every((part) => name.test(part)))).toEqual([]);
  });

  it(`have at most ${LINE_LIMIT} lines, but for named exceptions`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length > LINE_LIMIT + 1).map(({ path }) => path);
    expect(long.filter((path) => !(path in LONG_FILES))).toEqual([]);
    expect(Object.keys(LONG_FILES).filter((path) => !long.includes(path))).toEqual([]);
  });

  it('open with what they are', () => {
    const silent = product.filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*)/.test(text)).map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  it('export by name', () => {
    expect(linesMatching(product, /^export default /)).toEqual([]);
  });

  it('say `var x = T();` in WGSL: a bare `var x: T;` is not zeroed again in a loop by some compilers', () => {
    const shaders = allFiles
      .filter((path) => path.endsWith('.wgsl'))
      .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
    expect(shaders.length).toBeGreaterThan(5);
    expect(linesMatching(shaders, /^\s+var(<function>)?\s+\w+\s*:[^=]*;/)).toEqual([]);
  });
});
