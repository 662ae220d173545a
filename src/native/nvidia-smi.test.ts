import { describe, expect, it } from 'vitest';
import { findPowerMeter, matchGpu, parseSmiGpus, parseWatts } from './nvidia-smi.ts';

// As `nvidia-smi --query-gpu=index,name,power.draw.instant,power.draw --format=csv,noheader,nounits` writes it.
const SERVER = '0, NVIDIA H100 80GB HBM3, 71.25, 70.98\n1, NVIDIA H100 80GB HBM3, 69.60, 69.71\n';
const DESKTOP = '0, NVIDIA GeForce RTX 4090, 23.11, 24.02\n';
const OLD = '0, Tesla V100-SXM2-16GB, [N/A], 42.05\n';
const LAPTOP = '0, NVIDIA GeForce MX150, [N/A], [N/A]\n';

describe('parseSmiGpus', () => {
  it('reads index, name and both figures', () => {
    expect(parseSmiGpus(SERVER)).toEqual([
      { index: 0, name: 'NVIDIA H100 80GB HBM3', watts: [71.25, 70.98] },
      { index: 1, name: 'NVIDIA H100 80GB HBM3', watts: [69.6, 69.71] },
    ]);
    expect(parseSmiGpus(OLD)).toEqual([{ index: 0, name: 'Tesla V100-SXM2-16GB', watts: [null, 42.05] }]);
    expect(parseSmiGpus(LAPTOP)[0]!.watts).toEqual([null, null]);
  });
  it('makes nothing of what is no list of GPUs', () => {
    expect(parseSmiGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")).toEqual([]);
    expect(parseSmiGpus('Field "power.draw.instant" is not a valid field to query.\n\n')).toEqual([]);
  });
});

it('parseWatts takes figures only', () => {
  expect(['71.25', ' 300 ', '[N/A]', '[Not Supported]', ''].map(parseWatts)).toEqual([71.25, 300, null, null, null]);
});

describe('matchGpu', () => {
  it('finds the one GPU that the adapter names, with or without the vendor', () => {
    const [desktop] = parseSmiGpus(DESKTOP);
    expect(matchGpu([desktop!], 'nvidia lovelace NVIDIA GeForce RTX 4090')).toBe(desktop);
    expect(matchGpu([desktop!], 'GeForce RTX 4090: 580.65')).toBe(desktop);
  });
  it('does not guess among equals, or take another', () => {
    expect(matchGpu(parseSmiGpus(SERVER), 'NVIDIA H100 80GB HBM3')).toMatch(/2 GPUs named NVIDIA H100.*cannot be told/);
    expect(matchGpu(parseSmiGpus(DESKTOP), 'SwiftShader driver 5.0.0')).toMatch(/no GPU that the adapter 'SwiftShader/);
  });
});

it('says why there is no meter where there is no nvidia-smi', () => {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  try {
    expect(findPowerMeter('NVIDIA H100')).toMatch(/^nvidia-smi is not here/);
  } finally {
    process.env.PATH = path;
  }
});
