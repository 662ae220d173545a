// `fleetmark fleet claims` and `fleetmark fleet watch`: what public claims would take on this fleet, and open questions
// with dated forecasts.
import { Option } from 'commander';
import { cpuTwin } from '../../../kernels/rollout/twin.ts';
import { EXIT, UserError } from '../../core/errors.ts';
import { buildLedger, type Ledger } from '../../fleet/claims/ledger.ts';
import { watch } from '../../fleet/claims/watchlist.ts';
import { createFleetModel } from '../../fleet/fleet-model.ts';
import { buildRolloutReport } from '../../fleet/rollout/report.ts';
import { runRollout } from '../../fleet/rollout/run.ts';
import { WHOLE } from '../../fleet/rollout/shard-file.ts';
import { claimCardSvg } from '../../report/claim-card-svg.ts';
import { formatLedgerCsv, formatLedgerText, formatWatchlistText } from '../../report/fleet-claims-text.ts';
import { REPORT_FORMATS, type ReportFormat } from './fleet-rollout.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addScenarioFlags, type ScenarioFlags, scenarioFromFlags } from './scenario-flags.ts';

interface ClaimsFlags extends ScenarioFlags {
  readonly card?: string;
  readonly format: ReportFormat | 'svg';
}

export const mountFleetClaims: FleetMount = (fleet, io, finish) => {
  const command = fleet
    .command('claims')
    .description('the claims ledger: which price, mix and fill each public claim requires of this fleet');
  addScenarioFlags(command)
    .option('--card <id>', 'one card alone')
    .addOption(
      new Option('--format <name>', 'how to print it; svg is a picture of the one --card')
        .choices([...REPORT_FORMATS, 'svg'])
        .default('text'),
    )
    .action(async (flags: ClaimsFlags) => {
      const scenario = await scenarioFromFlags(flags, io.cwd);
      const { inputs, rates } = createFleetModel().inputsOf(scenario);
      const ledger = buildLedger(buildRolloutReport(await runRollout(scenario, inputs, WHOLE, cpuTwin), rates));
      io.stdout.write(`${formatLedger(oneCard(ledger, flags.card), flags.format)}\n`);
      finish(EXIT.ok);
    });
};

function oneCard(ledger: Ledger, id: string | undefined): Ledger {
  if (id === undefined) return ledger;
  const cards = ledger.cards.filter((card) => card.id === id);
  if (cards.length === 0) {
    throw new UserError(`--card ${id}: unknown. Known: ${ledger.cards.map((card) => card.id).join(', ')}`);
  }
  return { ...ledger, cards, sources: ledger.sources.filter((source) => cards[0]!.sources.includes(source.id)) };
}

function formatLedger(ledger: Ledger, format: ClaimsFlags['format']): string {
  if (format === 'svg') {
    const [card, ...others] = ledger.cards;
    if (!card || others.length > 0) throw new UserError('--format svg is a picture of one card: name it with --card');
    return claimCardSvg(card, ledger);
  }
  if (format === 'json') return JSON.stringify(ledger, null, 2);
  return format === 'csv' ? formatLedgerCsv(ledger) : formatLedgerText(ledger);
}

interface WatchFlags {
  readonly outcome: readonly string[];
  readonly json?: boolean;
}

export const mountFleetWatch: FleetMount = (fleet, io, finish) => {
  fleet
    .command('watch')
    .description('open questions on the deal: dated forecasts, where each is answered, and the score once it is')
    .option(
      '--outcome <id=value>',
      'score a forecast against an outcome (1 or 0 for yes or no); repeatable',
      collect,
      [],
    )
    .option('--json', 'print as JSON')
    .action(({ outcome, json }: WatchFlags) => {
      const items = watch(Object.fromEntries(outcome.map(parseOutcome)));
      io.stdout.write(`${json ? JSON.stringify(items, null, 2) : formatWatchlistText(items)}\n`);
      finish(EXIT.ok);
    });
};

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function parseOutcome(text: string): readonly [string, number] {
  const [id = '', value = ''] = text.split('=');
  if (id !== '' && value.trim() !== '' && Number.isFinite(Number(value))) return [id, Number(value)];
  throw new UserError(`--outcome ${text}: must be id=number, e.g. nvidia-fiscal-2027=3.9e11`);
}
