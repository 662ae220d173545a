import { describe, expect, it } from 'vitest';
import { sampleFile, sampleSession } from '../results/testdata/sample-file.ts';
import { adapterStrip, type PageHealth } from './adapter-strip.ts';

const { environment } = sampleFile([]);
const { timer } = sampleSession([]);
const WELL: PageHealth = { visible: true, focused: true, charging: true };
const item = (label: string, ...args: Parameters<typeof adapterStrip>) =>
  adapterStrip(...args).find((entry) => entry.label === label);

describe('adapterStrip', () => {
  it('finds nothing to doubt on a good machine', () => {
    expect(adapterStrip(environment, timer, WELL).filter(({ tone }) => tone === 'doubt')).toEqual([]);
    expect(item('GPU', environment, timer, WELL)?.value).toBe('ACME Rocket 9000');
    expect(item('Timer', environment, timer, WELL)?.value).toBe('GPU timestamps, quantum 1.00 µs');
  });

  it('calls a software adapter by its name', () => {
    const software = { ...environment, adapter: { ...environment.adapter, isSoftware: true } };
    expect(item('Software adapter', software, timer, WELL)).toMatchObject({ tone: 'doubt', value: 'ACME Rocket 9000' });
    expect(item('GPU', software, timer, WELL)).toBeUndefined();
  });

  it('says with each doubt what to do or why', () => {
    const wall = { ...timer, kind: 'wall-slope' as const, quantumNs: null, reason: 'no timestamp-query' };
    expect(item('Timer', environment, wall, WELL)).toMatchObject({
      tone: 'doubt',
      value: 'slope of wall time, clock step 5.00 µs',
      note: 'no timestamp-query',
    });
    expect(item('Isolated', { ...environment, crossOriginIsolated: false }, timer, WELL)?.note).toContain('COOP');
    expect(item('Page', environment, timer, { ...WELL, visible: false })?.note).toContain('front');
    expect(item('Page', environment, timer, { ...WELL, focused: false })?.note).toBe('click into it');
    expect(item('Power', environment, timer, { ...WELL, charging: false })?.tone).toBe('doubt');
  });

  it('says nothing of power where the browser does not', () => {
    expect(item('Power', environment, timer, { ...WELL, charging: null })).toBeUndefined();
  });

  it('names the wanted features that are missing', () => {
    expect(item('Features', environment, timer, WELL)).toMatchObject({
      value: '1, buffers to 268 MB',
      note: 'without shader-f16, subgroups',
    });
  });
});
