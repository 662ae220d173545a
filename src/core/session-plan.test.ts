import { describe, expect, it } from 'vitest';
import { abbaTurns, countSessions } from './session-plan.ts';

describe('countSessions', () => {
  it('takes a number as given, whatever the adapter', () => {
    expect(countSessions(4, 'default', true)).toEqual({ sessions: 4, because: null });
    expect(countSessions(1, 'release', false)).toEqual({ sessions: 1, because: null });
  });

  it('follows the preset', () => {
    expect(countSessions(0, 'default', false)).toEqual({ sessions: 3, because: null });
    expect(countSessions(0, 'gate', true)).toEqual({ sessions: 5, because: null });
  });

  it('gives a software adapter one session by default, and says why', () => {
    expect(countSessions(0, 'default', true)).toEqual({
      sessions: 1,
      because: expect.stringContaining('software adapter'),
    });
  });
});

describe('abbaTurns', () => {
  it('alternates who goes first, pair by pair', () => {
    expect(
      abbaTurns(4)
        .map(({ side }) => 'AB'[side])
        .join(''),
    ).toBe('ABBAABBA');
    expect(abbaTurns(3).map(({ pair }) => pair)).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('cancels a drift in a line over whole blocks', () => {
    const turns = abbaTurns(6);
    const place = (side: number) => turns.reduce((sum, turn, i) => sum + (turn.side === side ? i : 0), 0);
    expect(place(0)).toBe(place(1));
  });
});
