// The ways to write each operation of the peers run as an ONNX graph. Knows no runtime.
import { GraphBuilder, MICROSOFT } from '../../models/onnx/graph-builder.ts';
import type { Graph } from '../../models/onnx/writer.ts';
import { type AttentionProblem, causalMask, type PeerProblem, swapOuter } from './peer-problem.ts';

/** Newest operator set in which all of these mean the same everywhere. */
const OPSET = 13;

export interface PeerGraph {
  /** The operators it is made of, for the row. */
  readonly name: string;
  readonly graph: Graph;
  /** Fed as they are, from GPU memory unless `onCpu`. The result is the graph's one output. */
  readonly inputs: Readonly<Record<string, PeerInput>>;
  /** Brings the result into our layout. */
  readonly toOurs?: (values: Float32Array) => Float32Array;
}

export interface PeerInput {
  readonly dims: readonly number[];
  readonly values: Float32Array | Int32Array;
  /** For an input that the operator itself takes in host memory. */
  readonly onCpu?: boolean;
}

/** Every graph may go; the fastest that is right and runs on the GPU does. */
export function peerGraphs(problem: PeerProblem): PeerGraph[] {
  switch (problem.operation) {
    case 'matmul': {
      const { m, n, k, a, b } = problem;
      const inputs = { a: { dims: [m, k], values: a }, b: { dims: [k, n], values: b } };
      return [write('MatMul', inputs, [m, n], (graph) => graph.node('y', 'MatMul', ['a', 'b']))];
    }
    case 'softmax': {
      const { rows, width, x } = problem;
      const inputs = { x: { dims: [rows, width], values: x } };
      return [
        write('Softmax', inputs, [rows, width], (graph) => graph.node('y', 'Softmax', ['x'], { axis: { int: -1 } })),
      ];
    }
    case 'rmsnorm': {
      const { rows, width, eps, x, weight } = problem;
      const inputs = { x: { dims: [rows, width], values: x }, weight: { dims: [width], values: weight } };
      const attributes = { axis: { int: -1 }, epsilon: { float: eps } };
      return [
        write('SimplifiedLayerNormalization', inputs, [rows, width], (graph) =>
          graph.node('y', 'SimplifiedLayerNormalization', ['x', 'weight'], attributes),
        ),
      ];
    }
    case 'attention':
      return [plainAttention(problem), multiHeadAttention(problem), groupQueryAttention(problem)];
  }
}

function write(
  name: string,
  inputs: Readonly<Record<string, PeerInput>>,
  dims: readonly number[],
  body: (graph: GraphBuilder) => string,
): PeerGraph {
  const graph = new GraphBuilder(name, OPSET);
  for (const [input, { dims: shape, values }] of Object.entries(inputs)) {
    graph.input(input, values instanceof Float32Array ? 'float32' : 'int32', shape);
  }
  graph.output(body(graph), 'float32', dims);
  return { name, graph: graph.finish(), inputs };
}

/** Two products with a softmax between them. Keys come transposed, which saves the library a step. */
function plainAttention({ seq, heads, dim, q, k, v }: AttentionProblem): PeerGraph {
  const transposed = new Float32Array(k.length);
  for (let i = 0; i < k.length; i++) {
    const [head, position, d] = [Math.floor(i / (seq * dim)), Math.floor(i / dim) % seq, i % dim];
    transposed[(head * dim + d) * seq + position] = k[i]!;
  }
  const inputs = {
    q: { dims: [1, heads, seq, dim], values: q },
    k: { dims: [1, heads, dim, seq], values: transposed },
    v: { dims: [1, heads, seq, dim], values: v },
    mask: { dims: [1, 1, seq, seq], values: causalMask(seq) },
  };
  return write('MatMul, Mul, Add, Softmax, MatMul', inputs, [1, heads, seq, dim], (graph) => {
    const scores = graph.node('scores', 'MatMul', ['q', 'k']);
    const scaled = graph.node('scaled', 'Mul', [scores, graph.float32('scale', 1 / Math.sqrt(dim))]);
    const masked = graph.node('masked', 'Add', [scaled, 'mask']);
    const weights = graph.node('weights', 'Softmax', [masked], { axis: { int: -1 } });
    return graph.node('y', 'MatMul', [weights, 'v']);
  });
}

/** Queries, keys and values as [position][head][dim], the layout of both fused operators. */
function byPosition({ seq, heads, dim, q, k, v }: AttentionProblem) {
  const of = (values: Float32Array): PeerInput => ({
    dims: [1, seq, heads * dim],
    values: swapOuter(values, heads, seq, dim),
  });
  return {
    inputs: { q: of(q), k: of(k), v: of(v) },
    dims: [1, seq, heads * dim],
    toOurs: (values: Float32Array) => swapOuter(values, seq, heads, dim),
  };
}

function multiHeadAttention(problem: AttentionProblem): PeerGraph {
  const { inputs, dims, toOurs } = byPosition(problem);
  const attributes = { num_heads: { int: problem.heads }, unidirectional: { int: 1 } };
  const written = write('MultiHeadAttention', inputs, dims, (graph) =>
    graph.node('y', 'MultiHeadAttention', ['q', 'k', 'v'], attributes, MICROSOFT),
  );
  return { ...written, toOurs };
}

function groupQueryAttention(problem: AttentionProblem): PeerGraph {
  const { seq, heads, dim } = problem;
  const { inputs, dims, toOurs } = byPosition(problem);
  const lengths: Record<string, PeerInput> = {
    last: { dims: [1], values: Int32Array.of(seq - 1) },
    total: { dims: [1], values: Int32Array.of(seq), onCpu: true },
  };
  const written = write('GroupQueryAttention', { ...inputs, ...lengths }, dims, (graph) => {
    const attributes = { num_heads: { int: heads }, kv_num_heads: { int: heads } };
    const outputs = ['y_output_0', 'present_key', 'present_value'] as const;
    const named = ['q', 'k', 'v', '', '', 'last', 'total'];
    const y = graph.nodeWithOutputs('y', 'GroupQueryAttention', named, outputs, attributes, MICROSOFT);
    for (const present of outputs.slice(1)) graph.output(present, 'float32', [1, heads, seq, dim]);
    return y;
  });
  return { ...written, toOurs };
}
