// `fleetmark fleet pairing`: GPUs with LPX racks beside them in three published modes, against the same GPUs alone.
import { Option } from 'commander';
import { EXIT, UserError } from '../../core/errors.ts';
import { MODES } from '../../fleet/pairing/modes.ts';
import { buildPairingReport } from '../../fleet/pairing/report.ts';
import { DEFAULT_PAIRING, type PairingSettings } from '../../fleet/pairing/settings.ts';
import { calibrate } from '../../fleet/serving/calibrate.ts';
import { measuredPoints } from '../../fleet/serving/points.ts';
import { READINGS } from '../../fleet/share-reading.ts';
import { formatPairingText } from '../../report/fleet-pairing-text.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addCatalogueFlag, useCatalogue } from './scenario-flags.ts';

type Flags = Readonly<Record<string, string | boolean | undefined>>;

const D = DEFAULT_PAIRING;
/** Flag, what it takes, help. */
const NUMBERS = [
  ['isl', `input tokens of a request (default: ${D.isl})`],
  ['osl', `output tokens of a request (default: ${D.osl})`],
  ['cache-hit', `share of every prompt found in the prefix cache (default: ${D.cacheHit})`],
  ['user-rate', `tokens per second that each user gets (default: ${D.tokensPerUser})`],
  ['gpus', `GPU packages in the fleet (default: ${D.gpus})`],
  ['share', `share that is paired, read by --reading (default: ${D.share})`],
  ['lpx-racks', 'LPX racks per attached NVL72 rack (default: solved from capacity and rates)'],
  ['rubin-share', 'share of Rubin in the fleet (default: drawn)'],
  ['rubin-kw', 'site power of a Rubin GPU, kW (default: drawn)'],
  ['lpx-rack-kw', 'power of an LPX rack, kW (default: drawn)'],
  ['gpu-usd', 'price of a GPU with its share of rack and network, for equal spend'],
  ['lpx-rack-usd', 'price of an LPX rack, for equal spend'],
  ['seed', `seed of the draws (default: ${D.seed})`],
] as const;
type NumberFlag = (typeof NUMBERS)[number][0];

export const mountFleetPairing: FleetMount = (fleet, io, finish) => {
  const command = fleet
    .command('pairing')
    .description('GPUs with LPX racks beside them in the three published modes, against the same GPUs alone')
    .option('--model <name>', `model that is served (default: ${D.model})`)
    .option('--precision <name>', `weights on the GPUs, fp8 or fp4 (default: ${D.precision})`)
    .addOption(new Option('--mode <name>', 'how LPX is used').choices(['best', ...MODES]))
    .addOption(new Option('--reading <name>', 'what the share is a share of').choices(Object.keys(READINGS)))
    .option('--no-speculation', 'neither side drafts tokens')
    .option('--tiers <a,b,c,d>', `shares of site power from the slowest tier to the fastest (default: ${D.tiers})`)
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'));
  addCatalogueFlag(command);
  for (const [flag, help] of NUMBERS) command.option(`--${flag} <n>`, help);
  command.action(async (flags: Flags) => {
    await useCatalogue(flags.catalogue as string | undefined, io.cwd);
    const report = buildPairingReport(settingsFrom(flags), calibrate(measuredPoints()));
    io.stdout.write(`${flags.format === 'json' ? JSON.stringify(report, null, 1) : formatPairingText(report)}\n`);
    finish(EXIT.ok);
  });
};

function settingsFrom(flags: Flags): PairingSettings {
  const given: Record<string, number> = {};
  for (const [flag, id] of [
    ['rubin-share', 'fleet/rubin-share'],
    ['rubin-kw', 'power/rubin-kw'],
    ['lpx-rack-kw', 'power/lpx-rack-kw'],
  ] as const) {
    const value = numberOf(flags, flag);
    if (value !== null) given[id] = value;
  }
  const text = <T extends string>(name: string, otherwise: T): T => (flags[name] as T | undefined) ?? otherwise;
  const number = (flag: NumberFlag, otherwise: number): number => numberOf(flags, flag) ?? otherwise;
  return {
    model: text('model', D.model),
    precision: text('precision', D.precision),
    isl: number('isl', D.isl),
    osl: number('osl', D.osl),
    cacheHit: number('cache-hit', D.cacheHit),
    tokensPerUser: number('user-rate', D.tokensPerUser),
    gpus: number('gpus', D.gpus),
    share: number('share', D.share),
    reading: text('reading', D.reading),
    mode: text('mode', D.mode),
    speculation: flags.speculation !== false,
    racksPerNvl72: numberOf(flags, 'lpx-racks'),
    given,
    gpuUsd: numberOf(flags, 'gpu-usd'),
    rackUsd: numberOf(flags, 'lpx-rack-usd'),
    tiers: typeof flags.tiers === 'string' ? flags.tiers.split(',').map(Number) : D.tiers,
    seed: number('seed', D.seed),
    flopsFactor: 1,
  };
}

/** null where the flag is not given; a UserError where it is no number. */
function numberOf(flags: Flags, flag: NumberFlag): number | null {
  const text = flags[new Option(`--${flag}`).attributeName()];
  if (text === undefined) return null;
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new UserError(`--${flag} ${text}: must be a number`);
}
