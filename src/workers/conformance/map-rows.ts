// Softmax, RMSNormalization, SwiGLU and Swish as calls of our row and element kernels. Knows no GPU object.
import {
  floatInput,
  floats,
  type MappedNode,
  type NodeProblem,
  NotCovered,
  numberAttribute,
  refuseInputsFrom,
  resultLike,
  splitAt,
} from './kernel-call.ts';

export function mapSoftmax(node: NodeProblem): MappedNode {
  const x = floatInput(node, 0);
  if (node.opset < 13) throw new NotCovered('Softmax before operator set 13, which flattens');
  const axis = numberAttribute(node, 'axis', -1);
  if (axis !== -1 && axis !== x.dims.length - 1) throw new NotCovered('Softmax along an axis that is not the last');
  const [rows, width] = splitAt(x.dims, -1);
  return {
    calls: [{ family: 'softmax', params: { rows, width }, inputs: { x: floats(x) }, output: 'y' }],
    results: ([y]) => [resultLike(x, x.dims, y!)],
  };
}

export function mapRmsnorm(node: NodeProblem): MappedNode {
  const [x, weight] = [floatInput(node, 0), floatInput(node, 1)];
  const [rows, width] = splitAt(x.dims, numberAttribute(node, 'axis', -1));
  if (weight.values.length !== width) throw new NotCovered(`RMSNormalization with a scale of shape [${weight.dims}]`);
  const eps = Math.fround(numberAttribute(node, 'epsilon', 1e-5));
  return {
    calls: [
      {
        family: 'rmsnorm',
        params: { rows, width, eps },
        inputs: { x: floats(x), weight: floats(weight) },
        output: 'y',
      },
    ],
    results: ([y]) => [resultLike(x, x.dims, y!)],
  };
}

export function mapSwiglu(node: NodeProblem): MappedNode {
  const [gate, up] = [floatInput(node, 0), floatInput(node, 1)];
  refuseInputsFrom(node, 2);
  if (gate.dims.join() !== up.dims.join()) throw new NotCovered('SwiGLU that broadcasts');
  return gated(node, floats(up));
}

/** x·σ(alpha·x): the gate alone. */
export function mapSwish(node: NodeProblem): MappedNode {
  const ones = new Float32Array(floatInput(node, 0).values.length).fill(1);
  return { ...gated(node, ones), note: 'SwiGLU with ones as the other half' };
}

function gated(node: NodeProblem, up: Float32Array): MappedNode {
  const gate = floatInput(node, 0);
  const [rows, width] = splitAt(gate.dims, -1);
  const alpha = numberAttribute(node, 'alpha', 1);
  return {
    calls: [{ family: 'swiglu', params: { rows, width, alpha }, inputs: { g: floats(gate), u: up }, output: 'y' }],
    results: ([y]) => [resultLike(gate, gate.dims, y!)],
  };
}
