// A claim of revenue per GW-year, turned round: the price that makes it true, the fill at each price, the mix of prices.
// Predicts no revenue.
import { weakestBasis } from '../figure.ts';
import type { LedgerCard } from './card.ts';
import { findFact } from './facts.ts';
import type { LedgerFleet } from './ledger-fleet.ts';
import { inverse, product, quotient, type Range, times } from './range.ts';

const SECONDS_A_YEAR = 365.25 * 24 * 3600;
const MONTHS_A_YEAR = 12;
const TOKENS_A_PRICE = 1e6;
const WATTS_A_GW = 1e9;

const LADDER = ['price/medium', 'price/high', 'price/premium', 'price/ultra'] as const;

/** A claim of revenue per GW-year: the price that makes it true at full and at usual fill, the fill at each price, the mix. */
export function operatorCard(id: string, claimId: string, how: string, perWatt: Range, fleet: LedgerFleet): LedgerCard {
  const claim = findFact(claimId);
  const tokensGwYear = times(perWatt, WATTS_A_GW * SECONDS_A_YEAR);
  const full = times(inverse(tokensGwYear), claim.value * TOKENS_A_PRICE);
  const usual = quotient(full, fleet.fill);
  const prices = LADDER.map((price) => findFact(price));
  const [medium, ultra] = [prices[0]!.value, prices.at(-1)!.value];
  const share = (price: number): number => (price - medium) / (ultra - medium);
  const billions = (dollars: number): string => `$${Math.round(dollars / 1e9)} billion`;
  const claimed = findFact('claim/tokens-per-gw').value;
  return {
    id,
    claim: `${billions(claim.value)} a year per GW ${how}`,
    reading:
      "an operator's revenue opportunity of a GW of Rubin as NVIDIA puts it, not NVIDIA's revenue and not a forecast; this fleet is part Blackwell",
    requires: [
      { what: 'price of a million output tokens with every GPU full all year', range: full, unit: '$/Mtok' },
      { what: 'the same at usual fill', range: usual, unit: '$/Mtok' },
      ...prices.map((price) => ({
        what: `fill needed if everything sold at $${price.value} (${price.id.split('/')[1]}); above 1 it cannot be`,
        range: times(full, 1 / price.value),
        unit: '1' as const,
      })),
      {
        what: `share of tokens sold at $${ultra}, the rest at $${medium}, at usual fill; above 1 it cannot be`,
        range: {
          value: Math.max(0, share(usual.value)),
          lo: Math.max(0, share(usual.lo)),
          hi: Math.max(0, share(usual.hi)),
        },
        unit: '1',
      },
    ],
    beside: [
      {
        what: 'the claim times this fleet’s power, over AWS’s whole revenue of 2025',
        range: times(fleet.watts, claim.value / WATTS_A_GW / findFact('aws/revenue-2025').value),
        unit: '1',
      },
      { what: 'this fleet’s tokens a second of a GW', range: times(perWatt, WATTS_A_GW), unit: 'tokens/s' },
      {
        what: 'the same over what was claimed beside $150 billion',
        range: times(perWatt, WATTS_A_GW / claimed),
        unit: '1',
      },
      {
        what: 'output tokens of this fleet at usual fill, over all tokens Google processes',
        range: times(
          product(perWatt, fleet.watts, fleet.fill),
          SECONDS_A_YEAR / MONTHS_A_YEAR / findFact('google/tokens-month').value,
        ),
        unit: '1',
      },
    ],
    conclusion: priceSentence(
      usual,
      prices.map(({ value }) => value),
    ),
    basis: weakestBasis(['vendor-claim', 'predicted']),
    sources: [
      claimId,
      ...LADDER,
      'claim/tokens-per-gw',
      'aws/revenue-2025',
      'google/tokens-month',
      'fleet/utilisation',
    ],
  };
}

function priceSentence(needed: Range, ladder: readonly number[]): string {
  if (needed.value === Number.POSITIVE_INFINITY) {
    return 'No price makes it true of this fleet, which serves nothing at this speed in half of all scenarios or more.';
  }
  const above = ladder.find((price) => price >= needed.value);
  const digits = (value: number): string =>
    value === Number.POSITIVE_INFINITY ? 'no bound' : `$${Number(value.toPrecision(2)).toLocaleString('en-US')}`;
  const price = `${digits(needed.value)} a million output tokens (80 %: ${digits(needed.lo)} to ${digits(needed.hi)})`;
  return above === undefined
    ? `It needs ${price} at usual fill, beyond the highest step of NVIDIA's own ladder.`
    : `It needs ${price} at usual fill for every token, on this model; NVIDIA's ladder reaches that at its $${above} step.`;
}
