// The claims ledger: what each public claim would take, turned round from the claim itself. Revenue is never predicted:
// a card says which price, mix and fill make the claim true on this fleet. Knows no formatting.

import { findConstant } from '../catalogue.ts';
import type { Basis } from '../figure.ts';
import type { RolloutReport } from '../rollout/report.ts';
import type { LedgerCard } from './card.ts';
import { FACTS } from './facts.ts';
import { ledgerFleet } from './ledger-fleet.ts';
import { operatorCard } from './operator-card.ts';
import { dealCard, quarterCard, trillionCard } from './supply-cards.ts';

export interface Ledger {
  readonly schema: 'fleetmark.claims-ledger';
  readonly schemaVersion: 1;
  /** What the fleet's part of every card is of. */
  readonly fleet: string;
  readonly query: string;
  readonly cards: readonly LedgerCard[];
  readonly notPublic: readonly string[];
  readonly sources: readonly {
    readonly id: string;
    readonly what: string;
    readonly source: string;
    readonly date: string;
    readonly note: string;
    readonly basis: Basis;
  }[];
}

export function buildLedger(report: RolloutReport): Ledger {
  const fleet = ledgerFleet(report);
  const cards = [
    operatorCard('operator-300', 'claim/operator-gw-year-paired', 'with Rubin and LPX', fleet.perWatt.paired, fleet),
    operatorCard('operator-150', 'claim/operator-gw-year-unpaired', 'with Rubin alone', fleet.perWatt.unpaired, fleet),
    trillionCard(fleet),
    quarterCard(fleet),
    dealCard(fleet),
  ];
  return {
    schema: 'fleetmark.claims-ledger',
    schemaVersion: 1,
    fleet: `${report.workload}, ${report.conditions}, end of ${report.headline.quarter}`,
    query: report.query,
    cards,
    notPublic: [
      'price of an LPX rack: not public',
      'value of the deal: not public',
      'AWS revenue from this fleet, and AWS token volume: not public',
      'model, lengths and speed per user behind the $300 billion: not public',
      "NVIDIA's fiscal 2027 revenue: not public before February 2027",
    ],
    sources: sourcesOf(cards),
  };
}

function sourcesOf(cards: readonly LedgerCard[]): Ledger['sources'] {
  const ids = new Set(cards.flatMap((card) => card.sources));
  return [...ids].map((id) => {
    const { what, source, date, note, basis } = FACTS.find((fact) => fact.id === id) ?? findConstant(id);
    return { id, what, source, date, note, basis };
  });
}
