// Every text, table and chart of the Fleet view over scenarios at and between the bounds of their settings: a clear error or
// an answer, never a value that is no number. The page draws all of these at every step of a slider.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { buildLedger } from '../fleet/claims/ledger.ts';
import { createFleetModel } from '../fleet/fleet-model.ts';
import { pairingOf } from '../fleet/pairing/of-scenario.ts';
import { buildPairingReport } from '../fleet/pairing/report.ts';
import { buildRolloutReport } from '../fleet/rollout/report.ts';
import { runRollout } from '../fleet/rollout/run.ts';
import { WHOLE } from '../fleet/rollout/shard-file.ts';
import { readScenario, type Scenario } from '../fleet/scenario.ts';
import { type SettingSpec, SPECS } from '../fleet/scenario-settings.ts';
import { claimCardSvg } from './claim-card-svg.ts';
import { formatLedgerCsv, formatLedgerText } from './fleet-claims-text.ts';
import { pairingTables } from './fleet-pairing-tables.ts';
import { formatPairingLine } from './fleet-pairing-text.ts';
import { formatRolloutText, generationRows, quarterRows } from './fleet-rollout-text.ts';
import { conclusion, formatFleetLine } from './fleet-text.ts';
import { frontChart } from './front-chart.ts';
import { fanChart, tornadoChart } from './rollout-charts.ts';

const model = createFleetModel();

/** A bound, the default, or anything between. */
function settingOf(spec: SettingSpec): fc.Arbitrary<unknown> {
  if (spec.type === 'text') return fc.constantFrom(...spec.choices);
  const { min, max } = spec;
  const whole = spec.type === 'number' && spec.integer === true;
  const from = Math.log(Math.max(min, max * 1e-9));
  const between = fc
    .double({ min: from, max: Math.log(max), noNaN: true })
    .map((x) => Math.min(max, Math.max(min, whole ? Math.round(Math.exp(x)) : Math.exp(x))));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(spec.default) },
    { weight: 2, arbitrary: between },
    fc.constantFrom(min, max),
  );
}

/** Counts of draws, and shares that must add up, are no part of this. */
const LEFT = ['scenarios', 'rows', 'seed', 'tier-free', 'tier-medium', 'tier-high'];
const settings = fc.record(
  Object.fromEntries(SPECS.filter(([name]) => !LEFT.includes(name)).map(([name, spec]) => [name, settingOf(spec)])),
);

/** JSON would write null for what is no number. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === 'number' && !Number.isFinite(part) ? String(part) : part));

async function everythingShown(scenario: Scenario): Promise<string> {
  const { inputs, rates } = model.inputsOf(scenario);
  const report = buildRolloutReport(await runRollout(scenario, inputs, WHOLE, cpuTwin), rates);
  const ledger = buildLedger(report);
  const pairing = buildPairingReport(pairingOf(scenario, 1), model.calibration, 4);
  // As the page's workers hand them over.
  expect(structuredClone(report)).toEqual(report);
  return [
    conclusion(report),
    formatFleetLine(report),
    formatRolloutText(report),
    asText([generationRows(report), quarterRows(report), fanChart(report)]),
    ...report.decompositions.map((part) => asText(tornadoChart(part))),
    formatLedgerText(ledger),
    ...ledger.cards.map((card) => claimCardSvg(card, ledger)),
    formatLedgerCsv(ledger).replaceAll('Infinity', 'no bound'),
    formatPairingLine(pairing),
    asText([pairingTables(pairing), frontChart(pairing)]),
  ].join('\n');
}

it('shows no scenario within the bounds as a value that is no number', async () => {
  const noPower = readScenario({ 'power-gw': 0.01, scenarios: 200, rows: 16 }, 'test');
  expect(await everythingShown(noPower)).toContain('no bound');
  await fc.assert(
    fc.asyncProperty(settings, async (asked) => {
      let scenario: Scenario;
      try {
        scenario = readScenario({ ...asked, scenarios: 200, rows: 16 }, 'test');
        model.inputsOf(scenario);
      } catch (error) {
        // A combination out of bounds says so in words.
        expect(String(error)).toMatch(/^(UserError|Error): /);
        expect(String(error)).not.toMatch(/NaN|undefined|Infinity/);
        return;
      }
      expect(await everythingShown(scenario)).not.toMatch(/NaN|undefined|Infinity/);
    }),
    { numRuns: 40 },
  );
}, 120_000);
