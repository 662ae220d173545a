import { expect, it } from 'vitest';
import { nextSteps } from './next-steps.ts';

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox'],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    'Edge or Chrome',
  ],
  ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15', 'Safari'],
])('puts the browser at hand first: %s', (userAgent, browser) => {
  const steps = nextSteps(userAgent);
  expect(steps[0]!.browser).toBe(browser);
  expect(new Set(steps.map((item) => item.browser)).size).toBe(3);
});

it('lists all for a browser it does not know', () => {
  expect(nextSteps('curl/8')).toHaveLength(3);
});
