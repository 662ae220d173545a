import { describe, expect, it } from 'vitest';
import type { Params } from '../core/case-id.ts';
import { type Candidate, nextCandidate, type Tried } from './tune-order.ts';

const candidate = (variant: string, point: Params = {}): Candidate => ({
  id: `${variant} ${JSON.stringify(point)}`,
  variant,
  point,
});
const space = [
  candidate('naive'),
  candidate('tiled'),
  candidate('tiled', { a: 1 }),
  candidate('best'),
  candidate('best', { a: 1, b: 1 }),
  candidate('best', { b: 1 }),
  candidate('best', { a: 2 }),
];
/** What would be tried, in order, when each takes `timeOf` ns. */
function order(timeOf: (candidate: Candidate) => number | null): string[] {
  const tried: Tried[] = [];
  for (let next = nextCandidate(space, tried); next; next = nextCandidate(space, tried)) {
    tried.push({ candidate: next, pilotNs: timeOf(next) });
  }
  return tried.map((item) => item.candidate.id);
}

describe('nextCandidate', () => {
  it('begins with the defaults, the last idea of the family first, and tries everything once', () => {
    const tried = order(() => 100);
    expect(tried.slice(0, 3)).toEqual(['best {}', 'tiled {}', 'naive {}']);
    expect([...tried].sort()).toEqual(space.map(({ id }) => id).sort());
  });

  it('goes on with the neighbours of the best point', () => {
    const times: Record<string, number> = { 'best {}': 100, 'best {"b":1}': 80 };
    const tried = order(({ id }) => times[id] ?? 1000);
    // One step from the default, then one step from what was better, before its neighbour two steps away.
    expect(tried.slice(3)).toEqual(['best {"b":1}', 'best {"a":1,"b":1}', 'best {"a":2}', 'tiled {"a":1}']);
  });

  it('leaves the points of a variant that is far behind for last, and gives turns to one that is near', () => {
    const far = order(({ variant }) => (variant === 'tiled' ? 500 : 100));
    expect(far.at(-1)).toBe('tiled {"a":1}');
    const near = order(({ variant }) => (variant === 'tiled' ? 90 : 100));
    expect(near[3]).toBe('tiled {"a":1}');
  });

  it('leaves what is expected to be slow here for last', () => {
    const late = space.map((item) => (item.variant === 'best' ? { ...item, late: true } : item));
    const tried: Tried[] = [];
    for (let next = nextCandidate(late, tried); next; next = nextCandidate(late, tried)) {
      tried.push({ candidate: next, pilotNs: 100 });
    }
    expect(tried.map((item) => item.candidate.variant)).toEqual([
      'tiled',
      'naive',
      'tiled',
      'best',
      'best',
      'best',
      'best',
    ]);
  });

  it('passes over one that could not be timed', () => {
    const tried = order(({ variant }) => (variant === 'best' ? null : 100));
    expect(tried).toHaveLength(space.length);
    expect(tried[3]).toBe('tiled {"a":1}');
  });
});
