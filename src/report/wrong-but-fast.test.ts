import { describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { sampleDecoderRow, sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { wrongButFast } from './wrong-but-fast.ts';

const SHAPE = 'm=64;n=64;k=64;type=f32';
const FAILED: Partial<Row> = {
  state: 'failed',
  reason: 'disagrees with its reference\n at 0',
  verification: { state: 'failed', rule: 'NMSE ≤ 1e-11', checked: 4, total: 4, figures: { nmse: 1 } },
};
const wrong = (time: number): Row => sampleRow(`kernel/matmul/naive:${SHAPE}`, [time], FAILED);
const right = sampleRow(`kernel/matmul/register:${SHAPE}`, [300]);
const tiled = sampleRow(`kernel/matmul/tiled:${SHAPE}`, [400]);
const listOf = (...sessions: Row[][]) =>
  wrongButFast(sampleFile(sessions.map((rows, i) => sampleSession(rows, { id: `s${i}` }))));

describe('wrongButFast', () => {
  it('holds the struck speed, why, and what it would have led by', () => {
    expect(listOf([wrong(200), right, tiled])).toEqual([
      {
        id: `kernel/matmul/naive:${SHAPE}`,
        name: 'matmul naive · m=n=k=64 f32',
        speed: '200 ns',
        why: 'disagrees with its reference; wanted NMSE ≤ 1e-11; found nmse 1.00',
        lead: '1.50 × as fast as matmul register, the fastest checked one of this shape',
        firstWrong: null,
        command: `npm run bench -- --filter 'kernel/matmul/naive:${SHAPE}' --seed 1`,
      },
    ]);
  });

  it('leads nothing when a checked one is faster, of another shape, or itself wrong elsewhere', () => {
    expect(listOf([wrong(350), right, tiled])[0]!.lead).toBeNull();
    expect(listOf([wrong(200), sampleRow('kernel/matmul/register:m=9;n=9;k=9;type=f32', [300])])[0]!.lead).toBeNull();
    expect(listOf([wrong(200), right], [sampleRow(right.id, [300], FAILED)])[0]!.lead).toBeNull();
  });

  it('counts the sessions, and looks at rates the other way round', () => {
    const id = 'model/ort-webgpu/test-4x128:prompt=16;new=8;type=f32;attention=plain';
    const [decoder] = listOf(
      [sampleDecoderRow({ ...FAILED }), sampleDecoderRow({ id: id.replace('webgpu', 'wasm'), metrics: rate(5) })],
      [sampleDecoderRow({})],
    );
    expect(decoder).toMatchObject({ speed: '10.0 tok/s', lead: expect.stringContaining('2.00 × as fast as') });
    expect(decoder!.why).toMatch(/^in 1 of 2 sessions: /);
  });

  it('leaves out what was never timed, or is right', () => {
    expect(listOf([sampleRow(`kernel/matmul/naive:${SHAPE}`, [], { ...FAILED, metrics: [] }), right])).toEqual([]);
  });
});

function rate(value: number): Row['metrics'] {
  const metric = sampleDecoderRow().metrics.find(({ name }) => name === 'decode-rate')!;
  return [{ ...metric, samples: [value] }];
}
