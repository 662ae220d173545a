import { expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { samplePeerRow as row } from '../results/testdata/sample-file.ts';
import { formatPeersText } from './text-peers.ts';

const textOf = (rows: Row[]): string => formatPeersText({ sessions: [{ rows }] });
const seven = (time: number): number[] => [1, 2, 3, 4, 5, 6, 7].map((round) => round * time);

it('a line a shape, the fastest library as the bar, what does not count with its reason, the mean last', () => {
  const [cube, softmax, norm] = ['matmul:m=8;n=8;k=8;type=f32', 'softmax:rows=2;width=4', 'rmsnorm:rows=1;width=2'];
  const text = textOf([
    row('fleetmark', cube, seven(1)),
    row('jax-js', cube, seven(4)),
    row('onnxruntime-web', cube, [9, 18]),
    row('tfjs-webgpu', cube, [], { state: 'failed', reason: 'disagrees with the f64 reference\nat 3' }),
    row('fleetmark', softmax, seven(2)),
    row('jax-js', softmax, seven(2)),
    row('pytorch', softmax, [0.08], { facts: { upperReference: true } }),
    row('fleetmark', norm, [], { state: 'error', reason: 'lost the device' }),
    row('jax-js', norm, seven(2)),
  ]);
  expect(text.split('\n')).toEqual([
    'peers: their time over ours, paired round by round (above 1: ours is faster)',
    '  operation   parameters       best peer   ratio [95 %]         rounds   others',
    '  matmul      m=n=k=8 f32      jax-js      4.00× [4.00, 4.00]   7        onnxruntime-web 9.00×',
    '  rmsnorm     rows=1 width=2   none',
    '  softmax     rows=2 width=4   jax-js      1.00× [1.00, 1.00]   7        pytorch 0.01×',
    '  not counted: tfjs-webgpu at matmul m=n=k=8 f32: disagrees with the f64 reference',
    '  not counted: fleetmark at rmsnorm rows=1 width=2: lost the device',
    '  1 of 3 shapes have no ratio and are not in the mean',
    'geometric mean over the best peer: 2.00',
  ]);
});

it('is silent without peers', () => {
  expect(textOf([])).toBe('');
});
