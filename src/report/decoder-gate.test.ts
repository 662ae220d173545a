import { describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { DECODER_ID, sampleDecoderRow, sampleFile, sampleSession } from '../results/testdata/sample-file.ts';
import { gateSentence, ownTexts, perplexityGroups, reproduceCommand } from './decoder-gate.ts';

const figures = { topAgreement: 1, meanKl: 2.5e-13, largestLogitError: 1.1e-5 };
const passed = { state: 'passed', rule: 'forced', checked: 16, total: 16, figures } as const;
const failed: Row['verification'] = {
  ...passed,
  state: 'failed',
  figures: { topAgreement: 0.75, meanKl: 1.5, largestLogitError: 7 },
  firstWrong: { step: 4, token: 12, reference: 40, margin: 2 },
};

function trained(runtime: string, type: string, perplexity: number, changes: Partial<Row> = {}): Row {
  return sampleDecoderRow({
    id: `model/${runtime}/tiny:prompt=24;new=16;type=${type}`,
    verification: { ...passed, perplexity: { value: perplexity, tokens: 256, text: 'held out' } },
    facts: { promptText: 'GREMIO:', text: ' Good' },
    ...changes,
  });
}

describe('gateSentence', () => {
  it('says what agrees, in figures', () => {
    expect(gateSentence(sampleDecoderRow({ verification: passed }))).toBe(
      'Agrees: 16 of 16 tokens are the reference’s, mean KL 2.5e-13 nats, largest logit error 1.1e-5.',
    );
  });

  it('names the first wrong token of one that does not', () => {
    expect(gateSentence(sampleDecoderRow({ state: 'failed', verification: failed }))).toBe(
      'Disagrees: 12 of 16 tokens are the reference’s, mean KL 1.5 nats, largest logit error 7.0; first at step 4, token 12 where the reference has 40.',
    );
  });

  it('has nothing to say of a row without that check', () => {
    expect(gateSentence(sampleDecoderRow())).toBeNull();
  });
});

it('a command shows the case again, with its seed and samples', () => {
  const { plan } = sampleFile([]);
  expect(reproduceCommand(sampleDecoderRow(), { ...plan, seed: 7, nonDefault: { samples: 3 } })).toBe(
    `npm run bench -- --filter '${DECODER_ID}' --seed 7 --samples 3`,
  );
});

describe('perplexityGroups', () => {
  it('puts types and runtimes of one model and text side by side, with the change from f32 of the same runtime', () => {
    const rows = [trained('wgsl', 'f32', 4), trained('wgsl', 'int4', 4.04), trained('ort-wasm', 'int4', 4.1)];
    const [group, ...others] = perplexityGroups(sampleSession(rows));
    expect(others).toEqual([]);
    expect(group).toMatchObject({ model: 'tiny', text: 'held out' });
    expect(group!.entries.map(({ runtime, type, change }) => [runtime, type, change?.toFixed(3) ?? null])).toEqual([
      ['wgsl', 'f32', null],
      ['wgsl', 'int4', '0.010'],
      ['ort-wasm', 'int4', null],
    ]);
  });

  it('never mixes texts, and leaves out a row that failed', () => {
    const other = { ...passed, perplexity: { value: 4, tokens: 9, text: 'another' } };
    const rows = [
      trained('wgsl', 'f32', 4),
      trained('ort-wasm', 'f32', 4, { verification: other }),
      trained('ort-webgpu', 'f32', 9, { state: 'failed' }),
    ];
    expect(perplexityGroups(sampleSession(rows)).map(({ entries }) => entries.length)).toEqual([1, 1]);
  });
});

describe('ownTexts', () => {
  it('shows one text for runtimes that wrote the same, the longest of one beginning', () => {
    const longer = trained('ort-wasm', 'f32', 4, { facts: { promptText: 'GREMIO:', text: ' Good morrow' } });
    const rows = [trained('wgsl', 'f32', 4), longer, trained('ort-webgpu', 'f32', 4, { state: 'failed' })];
    expect(ownTexts(sampleSession(rows))).toEqual([
      { by: 'tiny · wgsl, tiny · ort-wasm', prompt: 'GREMIO:', text: ' Good morrow' },
    ]);
  });

  it('keeps different texts apart', () => {
    const other = trained('wgsl', 'int4', 4, { facts: { promptText: 'GREMIO:', text: ' Bad' } });
    expect(ownTexts(sampleSession([trained('wgsl', 'f32', 4), other]))).toHaveLength(2);
  });
});
