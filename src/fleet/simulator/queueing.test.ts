import { describe, expect, it } from 'vitest';
import { checkQueue, erlangC, QUEUE_CASES, theoreticalWait } from './queueing.ts';

describe('theory', () => {
  it('has the known waits', () => {
    // M/M/1: load/(1 − load); M/D/1: half of it; M/M/2 at 1 erlang: C = 1/3, wait 1/3.
    expect(theoreticalWait({ name: 'M/M/1', servers: 1, load: 0.5 })).toBeCloseTo(1, 12);
    expect(theoreticalWait({ name: 'M/D/1', servers: 1, load: 0.7 })).toBeCloseTo(0.7 / 0.3 / 2, 12);
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
    expect(theoreticalWait({ name: 'M/M/c', servers: 2, load: 0.5 })).toBeCloseTo(1 / 3, 12);
  });
});

describe('checkQueue', () => {
  it.each(QUEUE_CASES)('meets theory within 2 %: $name', { timeout: 60_000 }, (queue) => {
    const check = checkQueue(queue, 500_000, 1);
    expect(Math.abs(check.simulated / check.theory - 1)).toBeLessThan(0.02);
    expect(Math.abs(check.little - 1)).toBeLessThan(0.002);
  });
});
