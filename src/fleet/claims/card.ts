// One card of the claims ledger: a claim, what it requires, what it is set beside. Knows no claim.
import type { Basis } from '../figure.ts';
import type { Range } from './range.ts';

export type LedgerUnit = '$' | '$/Mtok' | '$/GPU' | '1' | 'tokens/s' | 'racks' | 'W' | 'GPUs';

export interface LedgerLine {
  readonly what: string;
  readonly range: Range;
  readonly unit: LedgerUnit;
}

export interface LedgerCard {
  readonly id: string;
  readonly claim: string;
  /** Whose it is, and what it is not. */
  readonly reading: string;
  readonly requires: readonly LedgerLine[];
  readonly beside: readonly LedgerLine[];
  readonly conclusion: string;
  readonly basis: Basis;
  /** Ids in the ledger's source list; everything of the fleet itself comes from the rollout. */
  readonly sources: readonly string[];
}
