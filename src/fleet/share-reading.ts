// What "25 %" is a share of: four denominators are in circulation, and each makes another share of the Rubins.
// Knows counts and rates, not how they came about.
import { unknownValue } from '../core/errors.ts';

/** All-In interview, GTC 2026 keynote, third-party notes of it, news coverage, in this order (all 2026-03). */
export const READINGS = {
  rubins: 'of the Rubin GPUs have LPX beside them',
  datacenter: 'of all GPUs of the data centre have LPX beside them',
  racks: 'of all racks are LPX racks',
  workload: 'of all output tokens come from GPUs with LPX beside them',
} as const;
export type Reading = keyof typeof READINGS;

/** The reading of that name; a UserError lists those known. */
export function readingNamed(name: string): Reading {
  return name in READINGS ? (name as Reading) : unknownValue('reading of the share', name, Object.keys(READINGS));
}

export interface ReadingMix {
  readonly rubins: number;
  readonly blackwells: number;
  /** LPX racks per NVL72 rack of attached Rubins. */
  readonly racksPerNvl72: number;
  /** tokens/s of one GPU: a Rubin with LPX beside it, one without, a Blackwell. */
  readonly attachedRate: number;
  readonly rubinRate: number;
  readonly blackwellRate: number;
}

/** Share of the Rubins with LPX beside them; at most all of them, and none where there are none. */
export function attachedShare(share: number, reading: Reading, mix: ReadingMix): number {
  const { rubins, blackwells, racksPerNvl72, attachedRate, rubinRate, blackwellRate } = mix;
  if (share === 0 || rubins === 0) return 0;
  switch (reading) {
    case 'rubins':
      return share;
    case 'datacenter':
      return Math.min(1, (share * (rubins + blackwells)) / rubins);
    case 'racks':
      // LPX racks over all racks = share, GPUs standing 72 to a rack: the 72 falls out.
      if (share === 1) return 1;
      return racksPerNvl72 === 0
        ? 0
        : Math.min(1, ((share / (1 - share)) * (rubins + blackwells)) / (rubins * racksPerNvl72));
    case 'workload': {
      // a·attached = share·(a·attached + (1 − a)·rubin + blackwell), solved for a.
      const rest = rubinRate + (blackwells / rubins) * blackwellRate;
      const slope = attachedRate * (1 - share) + share * rubinRate;
      return slope === 0 ? 0 : Math.min(1, (share * rest) / slope);
    }
  }
}
