// Claims about what is sold: a trillion of chips, a quarter with Groq, the deal itself. Prices nobody has published stay
// ranges by more than one road.
import { findConstant } from '../catalogue.ts';
import { weakestBasis } from '../figure.ts';
import type { LedgerCard } from './card.ts';
import { findFact } from './facts.ts';
import type { LedgerFleet } from './ledger-fleet.ts';
import { inverse, product, quotient, type Range, rangeOf, times } from './range.ts';

const SECONDS_A_YEAR = 365.25 * 24 * 3600;
const TOKENS_A_PRICE = 1e6;

/** The deal by two roads: what press derives, and what is left of a factory's cost after land, power and shell. */
function dealPerGpu(): { readonly press: Range; readonly factory: Range } {
  const press = times(rangeOf(findFact('deal/press-value')), 1e-6);
  const cost = findFact('factory/gw-cost');
  const shell = findFact('factory/gw-shell').value;
  const equipment = { value: cost.value - shell, lo: cost.lo - shell, hi: cost.hi - shell };
  return { press, factory: quotient(equipment, rangeOf(findFact('factory/gpus-per-gw'))) };
}

/** From the low end of the one to the high end of the other, middle by geometric mean. */
function either(a: Range, b: Range): Range {
  return { value: Math.sqrt(a.value * b.value), lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) };
}

export function trillionCard(fleet: LedgerFleet): LedgerCard {
  const claim = findFact('claim/blackwell-rubin-total').value;
  const { press, factory } = dealPerGpu();
  const perGpu = either(press, factory);
  const years = rangeOf(findFact('payback/years'));
  const payback = times(inverse(years), claim);
  const gpus = times(inverse(perGpu), claim);
  const perGpuYear = times(product(quotient(fleet.unpaired, fleet.gpus), fleet.fill), SECONDS_A_YEAR);
  const price = times(quotient(quotient(perGpu, years), perGpuYear), TOKENS_A_PRICE);
  return {
    id: 'one-trillion',
    claim: '$1 trillion of Blackwell and Rubin through 2027',
    reading: "NVIDIA's own revenue over several years, CPUs, networking and Groq left out",
    requires: [
      { what: 'GPUs it buys at this ledger’s price a GPU', range: gpus, unit: 'GPUs' },
      { what: 'revenue a year its buyers need to earn it back', range: payback, unit: '$' },
      {
        what: 'price of a million output tokens that earns a GPU back at usual fill, chips alone',
        range: price,
        unit: '$/Mtok',
      },
    ],
    beside: [
      {
        what: 'what its buyers need a year, over AWS’s whole revenue of 2025',
        range: times(payback, 1 / findFact('aws/revenue-2025').value),
        unit: '1',
      },
      { what: 'this deal’s GPUs over all that it buys', range: times(inverse(gpus), fleet.ordered), unit: '1' },
    ],
    conclusion:
      'The claim is about sales of chips; whether it pays its buyers depends on a price of tokens that is not in it.',
    basis: 'vendor-claim',
    sources: [
      'claim/blackwell-rubin-total',
      'deal/press-value',
      'factory/gw-cost',
      'factory/gw-shell',
      'factory/gpus-per-gw',
      'payback/years',
      'aws/revenue-2025',
      'fleet/utilisation',
    ],
  };
}

/** LPX racks under every reading of "25 %", and with all Rubins attached. */
export function quarterCard(fleet: LedgerFleet): LedgerCard {
  const quarter = findFact('claim/quarter').value;
  const domain = findConstant('nvl72/gpus').value;
  const rubinRacks = times(fleet.newerGpus, 1 / domain);
  const attached = product(rubinRacks, fleet.racksPerDomain);
  const allRacks = times(fleet.gpus, 1 / domain);
  const byPower = times(quotient(fleet.watts, times(fleet.lpxKw, 1000)), quarter);
  const workload = times(product(attached, quotient(fleet.unpaired, fleet.newerRate)), quarter);
  const watts = (racks: Range): Range => times(product(racks, fleet.lpxKw), 1000);
  const readings: readonly (readonly [string, Range])[] = [
    ['25 % of the Rubins have LPX beside them', times(attached, quarter)],
    ['25 % of all racks are LPX', times(allRacks, quarter / (1 - quarter))],
    ['25 % of the site power is LPX', byPower],
    ['25 % of all the fleet’s tokens come from Rubins with LPX', workload],
    ['all Rubins have LPX beside them', attached],
  ];
  return {
    id: 'quarter',
    claim: '25 % with Groq',
    reading:
      'said of the data centre, of its space, of the Vera Rubins and of workloads; the Rubins are the correction of its author',
    requires: readings.map(([what, range]) => ({ what: `LPX racks if ${what}`, range, unit: 'racks' as const })),
    beside: readings.map(([what, range]) => ({
      what: `their site power if ${what}`,
      range: watts(range),
      unit: 'W' as const,
    })),
    conclusion:
      'The readings differ by several times in racks; on a fleet that is part Blackwell, 25 % of Rubins is well under 25 % of its GPUs.',
    basis: 'vendor-claim',
    sources: [
      'claim/quarter',
      'lpx/rack-sram-gb',
      'lpx/rack-bandwidth-tbs',
      'lpx/rack-pflops',
      'lpx/efficiency',
      'power/lpx-rack-kw',
      'power/pue',
      'nvl72/gpus',
    ],
  };
}

export function dealCard(fleet: LedgerFleet): LedgerCard {
  const { press, factory } = dealPerGpu();
  const perGpu = either(press, factory);
  const fiscal = rangeOf(findFact('nvidia/fiscal-2027'));
  const inFiscal = product(perGpu, fleet.delivered2026);
  const value = times(perGpu, fleet.ordered);
  return {
    id: 'deal-value',
    claim: 'Value of the deal',
    reading: 'not disclosed; a range by two roads, neither confirmed',
    requires: [
      { what: 'price a GPU as press derives it', range: press, unit: '$/GPU' },
      { what: 'price a GPU from a factory’s cost without land, power and shell', range: factory, unit: '$/GPU' },
      { what: 'value of all GPUs ordered', range: value, unit: '$' },
      { what: 'of that, delivered by the end of 2026', range: inFiscal, unit: '$' },
    ],
    beside: [
      {
        what: 'deliveries of 2026 over NVIDIA’s fiscal 2027 revenue (a forecast: not public before February 2027)',
        range: quotient(inFiscal, fiscal),
        unit: '1',
      },
      {
        what: 'the whole deal over NVIDIA’s fiscal 2027 revenue (the same forecast)',
        range: quotient(value, fiscal),
        unit: '1',
      },
      {
        what: 'the whole deal over AWS’s whole revenue of 2025',
        range: times(value, 1 / findFact('aws/revenue-2025').value),
        unit: '1',
      },
    ],
    conclusion:
      'Press and vendor figures differ by about half; the deal is a small part of a fiscal year whose end falls before most deliveries.',
    basis: weakestBasis(['vendor-claim', 'assumption']),
    sources: [
      'deal/press-value',
      'factory/gw-cost',
      'factory/gw-shell',
      'factory/gpus-per-gw',
      'nvidia/fiscal-2027',
      'nvidia/fiscal-2027-first-quarter',
      'aws/revenue-2025',
    ],
  };
}
