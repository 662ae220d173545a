// The shapes at which our kernels meet other libraries in one run, and which variants of ours may go to meet them.
// Knows no library: src/workers/peers does.
import { formatCaseId, type Params, parseCaseId } from '../src/core/case-id.ts';
import { UserError, unknownValue } from '../src/core/errors.ts';
import type { ListedCase } from '../src/core/suites.ts';

/** Ours first. */
export const PEERS = ['fleetmark', 'jax-js', 'onnxruntime-web'] as const;
export type PeerName = (typeof PEERS)[number];

/** One operation at one shape: `id` is our kernel's. */
export interface PeerShape {
  readonly operation: string;
  /** Our variants that may go to meet the others: the fastest in a short trial does. */
  readonly variants: readonly [string, ...string[]];
  readonly params: Params;
}

const SHAPES: readonly PeerShape[] = [
  { operation: 'matmul', variants: ['register', 'direct'], params: { m: 512, n: 512, k: 512, type: 'f32' } },
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

/** Our kernel cases that may stand for a shape. */
export function kernelIdsOf(shape: PeerShape): string[] {
  return shape.variants.map((variant) => formatCaseId(`kernel/${shape.operation}/${variant}`, shape.params));
}
