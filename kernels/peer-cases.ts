// The shapes at which our kernels meet other libraries in one run. Knows no library: src/workers/peers does.
import { formatCaseId, type Params, parseCaseId } from '../src/core/case-id.ts';
import { UserError, unknownValue } from '../src/core/errors.ts';
import type { ListedCase } from '../src/core/suites.ts';

/** Ours first. */
export const PEERS = ['fleetmark', 'jax-js', 'onnxruntime-web', 'tfjs-webgpu'] as const;
export type PeerName = (typeof PEERS)[number];

/** One operation at one shape. */
export interface PeerShape {
  readonly operation: 'matmul' | 'attention' | 'softmax' | 'rmsnorm';
  /** As our kernel takes them. */
  readonly params: Params;
  /**
   * Variants that go to the trial at their default point even where the tuner had no time for them: those without barriers,
   * which a software adapter runs best and may be too slow to find in time.
   */
  readonly always: readonly string[];
}

const matmul = (m: number, n: number, k: number): PeerShape => ({
  operation: 'matmul',
  params: { m, n, k, type: 'f32' },
  always: ['direct', 'broadcast'],
});
/** As many kv heads as heads: repeating heads is a step of its own in most libraries. */
const attention = (seq: number, heads: number): PeerShape => ({
  operation: 'attention',
  params: { seq, heads, kvheads: heads, dim: 64 },
  always: ['prefill-direct'],
});
const softmax = (rows: number, width: number): PeerShape => ({
  operation: 'softmax',
  params: { rows, width },
  always: ['thread'],
});
const rmsnorm = (rows: number, width: number): PeerShape => ({
  operation: 'rmsnorm',
  params: { rows, width, eps: 1e-5 },
  always: ['thread'],
});

/** Cubes from where a dispatch costs most to where arithmetic does; then one row, eight rows and a tall matrix. */
const SHAPES: readonly PeerShape[] = [
  ...[128, 256, 512, 1024].map((size) => matmul(size, size, size)),
  matmul(1, 4096, 1024),
  matmul(8, 2048, 1024),
  matmul(2048, 32, 512),
  attention(128, 8),
  attention(384, 8),
  softmax(512, 512),
  softmax(1024, 2048),
  rmsnorm(128, 2048),
  rmsnorm(1024, 2048),
];

/** `peer/<library>/<operation>:<params>`. */
export function listPeerCases(): ListedCase[] {
  return SHAPES.flatMap((shape) =>
    PEERS.map((peer) => ({
      id: formatCaseId(`peer/${peer}/${shape.operation}`, shape.params),
      suites: ['peers'] as const,
    })),
  );
}

export function isPeerId(id: string): boolean {
  return id.startsWith('peer/');
}

/** Reads a peer id; throws a UserError for a library or shape that is not listed. */
export function parsePeerCase(id: string): { peer: PeerName; shape: PeerShape } {
  const [, name = '', operation = ''] = parseCaseId(id).path.split('/');
  const peer = PEERS.find((item) => item === name) ?? unknownValue('peer', name, PEERS);
  const shape = SHAPES.find((item) => id.endsWith(`/${formatCaseId(item.operation, item.params)}`));
  if (!shape)
    throw new UserError(
      `case id '${id}': no such shape for ${operation}. Known: ${listPeerCases()
        .map((item) => item.id)
        .join(', ')}`,
    );
  return { peer, shape };
}
