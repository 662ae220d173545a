// Runs any model once on made inputs and gives its outputs as numbers. Knows no clock and no tolerance.
import type { NamedValues } from './compare-tensors.ts';
import type { InputData } from './model-inputs.ts';
import type { Ort, Session } from './runtime.ts';
import { tensorFromBytes, tensorNumbers } from './tensors.ts';

/** Runs once; outputs in the graph's order, readable. */
export async function outputsOf(ort: Ort, session: Session, inputs: readonly InputData[]): Promise<NamedValues[]> {
  const feeds = inputs.map(({ name, type, dims, bytes }) => [name, tensorFromBytes(ort, type, dims, bytes)] as const);
  const outputs = await session.run(Object.fromEntries(feeds));
  return Promise.all(
    session.outputNames.map(async (name) => {
      const tensor = outputs[name]!;
      const values = await tensorNumbers(tensor);
      return { name, type: tensor.type as NamedValues['type'], dims: tensor.dims, values };
    }),
  );
}
