// An overlay changes the catalogue of its process: each test here stands alone in its file's own.
import { describe, expect, it } from 'vitest';
import { constantOr, findConstant } from './catalogue.ts';
import { applyOverlay } from './overlay.ts';
import { findAccelerator, findArchitecture } from './serving/catalogue.ts';
import { servingConstant } from './serving/constants.ts';
import { measuredPoints } from './serving/points.ts';

describe('applyOverlay', () => {
  it.each([
    [{ constants: [{ id: 'no/such', value: 1, source: 'me' }] }, "unknown fleet constant 'no/such'"],
    [{ constants: [{ id: 'power/rubin-kw', value: 3 }] }, 'mine.json: constants.0.source'],
    [{ constants: [{ id: 'power/rubin-kw', value: 3, lo: 4, hi: 5, source: 'me' }] }, 'value must lie from lo to hi'],
    [{ constants: [{ id: 'fleet/spare', value: 0.5, lo: 0.4, hi: 1.2, source: 'me' }] }, 'hi must be below 1'],
    [{ constants: [{ id: 'link/share', value: 0, source: 'me' }] }, 'link/share 0: must be above 0'],
    [{ accelerators: [{ name: 'Chip' }] }, 'mine.json: accelerators.0.'],
    [{ points: [{ id: 'p', hardware: 'H100', model: 'llama-3.1-8b', gpus: -1 }] }, 'mine.json: p: gpus'],
    [{ chips: [] }, 'mine.json: chips'],
    ['text', 'mine.json: the file'],
  ])('refuses %j and changes nothing', (json, message) => {
    const before = [findConstant('power/rubin-kw'), measuredPoints().length];
    expect(() => applyOverlay(json, 'mine.json')).toThrow(message);
    expect([findConstant('power/rubin-kw'), measuredPoints().length]).toEqual(before);
  });

  it('lays constants, chips, models and points over ours, each with its own source', () => {
    const h100 = findAccelerator('H100')!;
    const llama = findArchitecture('llama-3.1-8b')!;
    const count = measuredPoints().length;
    const point = { id: 'mine', hardware: 'Chip X', model: 'my-model', gpus: 1, concurrency: 8, isl: 512, osl: 512 };
    const overlay = applyOverlay(
      {
        constants: [
          { id: 'power/rubin-kw', value: 2.5, source: 'my site' },
          { id: 'power/lpx-rack-kw', value: 100, lo: 90, hi: 120, source: 'my site' },
          { id: 'link/share', value: 0.8, source: 'my site' },
        ],
        accelerators: [{ ...h100, name: 'Chip X', aliases: ['x'] }],
        architectures: [{ ...llama, name: 'my-model', aliases: [] }],
        points: [{ ...point, tpot_ms: 10, ttft_ms: 100, tok_s_per_gpu: 700 }],
      },
      'mine.json',
    );
    expect(overlay).toEqual({ constants: 3, accelerators: 1, architectures: 1, points: 1 });
    expect(findConstant('power/rubin-kw')).toMatchObject({
      value: 2.5,
      lo: 2.5,
      hi: 2.5,
      shape: 'fixed',
      source: 'my site',
    });
    expect(constantOr('power/lpx-rack-kw', null)).toMatchObject({ value: 100, lo: 90, hi: 120, shape: 'log-normal' });
    expect(servingConstant('link/share')).toBe(0.8);
    expect([findAccelerator('x')?.name, findArchitecture('my-model')?.layers]).toEqual(['Chip X', llama.layers]);
    expect(measuredPoints()).toHaveLength(count + 1);
  });
});
