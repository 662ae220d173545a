// What a reader must know beside the fleet's figures, in sentences whose numbers come from the report itself.
// Knows the fleet part, no formatting beyond plain text.
import type { Check } from './checks.ts';
import type { FleetPart } from './fleet.ts';
import type { FleetSettings } from './settings.ts';

/** Below this share of points inside their 80 % interval, a check is called failed. */
const ACCEPTABLE_COVERAGE = 0.5;

export function fleetNotes(settings: FleetSettings, fleet: FleetPart): string[] {
  return [
    'Capacity, not traffic: every working GPU serves this one workload at once. Served is capacity x utilisation.',
    'Software is that of the measured points (runs filed in March and April 2026) on both generations. On fixed hardware, rates have moved by -1 % to +177 % a half-year; no drift is applied.',
    'Rubin is predicted: no serving measurement of it is in the data. Blackwell stands for all its parts at the rate of B200 SXM.',
    `At equal tokens/s/user Rubin is taken as faster by bytes and flops of this workload over its specifications; the place where the front falls off is not moved, which favours LPX.`,
    checkNote(
      'Interpolation, each inner measured point left out in turn (the form of the curve was chosen on these points)',
      fleet.checks.interpolation,
    ),
    checkNote('Transfer, H200 to B200 at the same workload', fleet.checks.transfer),
    ...pairingNotes(settings, fleet),
  ];
}

function checkNote(what: string, check: Check): string {
  const { points, coverage, medianAbsLogRatio, medianLogRatio } = check;
  if (coverage === null) return `${what}: the data hold no point to check this model by.`;
  const inside = points.filter((point) => point.covered).length;
  const error = ((Math.exp(medianAbsLogRatio ?? 0) - 1) * 100).toFixed(0);
  const factor = Math.exp(medianLogRatio ?? 0).toFixed(2);
  const verdict = coverage < ACCEPTABLE_COVERAGE ? ' FAILED: the intervals of this model are too narrow.' : '';
  return `${what}: ${inside} of ${points.length} inside the 80 % interval, median error ${error} %, measured / predicted ${factor}.${verdict}`;
}

function pairingNotes(settings: FleetSettings, fleet: FleetPart): string[] {
  if (settings.share === 0) return ['No Rubin is paired, so both fleets are the same.'];
  if (fleet.lpxRacks.value === 0) {
    return [
      `Fewer LPX racks than the ${fleet.lpxRacksPerReplica} that hold one copy of the weights: no pairing is counted.`,
    ];
  }
  const notes = [
    'LPX rate gain rests on vendor statements alone, LPX power and racks per NVL72 on priors; equal spend is not computed, for no price is published. `fleet pairing` computes gain and racks from published bandwidth, arithmetic and memory instead, and moves the fall-off with the hardware.',
  ];
  const edge = fleet.fallOff;
  if (edge === null) notes.push('The measured GPU front does not fall off in its range: LPX brings no lift there.');
  else if (settings['user-rate'] <= edge) {
    notes.push(
      `At ${settings['user-rate']} tokens/s/user the GPU front has not fallen off (it does from ${edge.toFixed(0)}): LPX takes power and lifts nothing.`,
    );
  }
  if (edge === fleet.measuredRange.lo) {
    notes.push(
      'The front falls off from its lowest measured point on, so the lift is no more than back to that point: a lower bound.',
    );
  }
  notes.push(
    fleet.breakEven === null
      ? 'At equal site power, pairing does not pay anywhere in the measured range.'
      : `At equal site power, pairing pays from about ${fleet.breakEven.toFixed(0)} tokens/s/user (medians).`,
  );
  return notes;
}
