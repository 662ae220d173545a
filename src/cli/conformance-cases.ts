// Finds ONNX test cases in a folder or in its `onnx`, in the layout of the ONNX project: node/*/model.onnx with data sets,
// light/*.onnx.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths relative to the folder, with forward slashes. */
export interface CaseFiles {
  readonly name: string;
  readonly model: string;
  /** Null for a network whose input is made (see src/onnx/conformance.ts). */
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[];
}

/** Every case under the folder, by name. */
export async function findConformanceCases(folder: string): Promise<CaseFiles[]> {
  const inside = [...(await nodeCases(folder)), ...(await lightCases(folder))];
  const below = (await list(folder)).includes('onnx') ? await findConformanceCases(join(folder, 'onnx')) : [];
  const at = (path: string): string => `onnx/${path}`;
  return [
    ...inside,
    ...below.map(({ name, model, inputs, outputs }) => ({
      name: at(name),
      model: at(model),
      inputs: inputs?.map(at) ?? null,
      outputs: outputs.map(at),
    })),
  ];
}

async function nodeCases(folder: string): Promise<CaseFiles[]> {
  const cases: CaseFiles[] = [];
  for (const name of await list(join(folder, 'node'))) {
    const entries = await list(join(folder, 'node', name));
    if (!entries.includes('model.onnx')) continue;
    const sets = entries.filter((entry) => /^test_data_set_\d+$/.test(entry));
    for (const set of sets) {
      const files = await list(join(folder, 'node', name, set));
      const at = (file: string): string => `node/${name}/${set}/${file}`;
      cases.push({
        name: sets.length === 1 ? `node/${name}` : `node/${name}/${set}`,
        model: `node/${name}/model.onnx`,
        inputs: numbered(files, 'input').map(at),
        outputs: numbered(files, 'output').map(at),
      });
    }
  }
  return cases;
}

async function lightCases(folder: string): Promise<CaseFiles[]> {
  const files = await list(join(folder, 'light'));
  return files
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => {
      const name = file.slice(0, -'.onnx'.length);
      const outputs = numbered(files, `${name}_output`).map((output) => `light/${output}`);
      return { name: `light/${name}`, model: `light/${file}`, inputs: null, outputs };
    });
}

/** `input_0.pb`, `input_1.pb`, … in numeric order. */
function numbered(files: readonly string[], stem: string): string[] {
  const index = (file: string): number =>
    file.startsWith(`${stem}_`) && file.endsWith('.pb')
      ? Number(file.slice(stem.length + 1, -'.pb'.length))
      : Number.NaN;
  return files.filter((file) => Number.isInteger(index(file))).sort((a, b) => index(a) - index(b));
}

async function list(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
