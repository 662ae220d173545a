import { describe, expect, it } from 'vitest';
import { distinctLines, labelCase, oneLine } from './case-label.ts';

describe('labelCase', () => {
  it('joins neighbours of one value and puts the type last', () => {
    expect(labelCase('kernel/matmul/register:m=1024;n=1024;k=1024;type=f32')).toEqual({
      kind: 'kernel',
      name: 'matmul register',
      family: 'matmul',
      runtime: null,
      params: 'm=n=k=1024 f32',
    });
    expect(labelCase('kernel/x/y:type=f32;m=2;n=3;k=3').params).toBe('m=2 n=k=3 f32');
  });

  it('takes the runtime out of a model id, of the suites or of a file', () => {
    expect(labelCase('model/ort-webgpu/smollm2-135m:prompt=64')).toMatchObject({
      name: 'smollm2-135m',
      runtime: 'ort-webgpu',
    });
    expect(labelCase('file/ort-wasm/light_squeezenet.onnx')).toMatchObject({
      name: 'light_squeezenet.onnx',
      runtime: 'ort-wasm',
    });
  });

  it('shows a foreign id as it is', () => {
    expect(oneLine(labelCase('no id: at all'))).toBe('no id: at all');
  });
});

describe('distinctLines', () => {
  it('names only the parameters that tell cases of one name and runtime apart', () => {
    const ids = [
      'model/a/tiny:prompt=64;new=8;type=f32',
      'model/a/tiny:prompt=64;new=16;type=f32',
      'model/b/tiny:prompt=64;new=8;type=f32',
    ];
    expect(distinctLines(ids)).toEqual(['tiny · a · new=8', 'tiny · a · new=16', 'tiny · b']);
  });
});
