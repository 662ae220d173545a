import { describe, expect, it } from 'vitest';
import { sampleSession } from '../results/testdata/sample-file.ts';
import { watchHiddenTime, withHiddenTime } from './hidden-time.ts';

describe('watchHiddenTime', () => {
  it('adds up hidden spans, the one still going on included', () => {
    const watch = watchHiddenTime(false, 0);
    watch.change(true, 100);
    watch.change(false, 250);
    watch.change(true, 1000);
    expect(watch.total(1010)).toBe(160);
  });

  it('counts from the start when the page starts hidden, and two like signs once', () => {
    const watch = watchHiddenTime(true, 0);
    watch.change(true, 40);
    watch.change(false, 100);
    watch.change(false, 500);
    expect(watch.total(900)).toBe(100);
  });
});

describe('withHiddenTime', () => {
  it('adds time and warning, once', () => {
    const session = sampleSession([], { warnings: [{ name: 'software-adapter' }] });
    const hidden = withHiddenTime(withHiddenTime(session, 100), 3210.4);
    expect(hidden.hiddenMs).toBe(3210);
    expect(hidden.warnings).toEqual([{ name: 'software-adapter' }, { name: 'tab-hidden', detail: '3.2 s' }]);
  });

  it('leaves a page that was never hidden alone', () => {
    const session = sampleSession([]);
    expect(withHiddenTime(session, 0)).toBe(session);
  });
});
