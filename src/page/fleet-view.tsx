// The Fleet view: one sentence with an interval, then three parts that never mix: this device, the fleet, the bridge.
// Loaded when first shown. Shows what src/fleet computed; computes nothing.
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import { WARNINGS } from '../core/warnings.ts';
import type { DevicePart } from '../fleet/device-model.ts';
import type { Figure } from '../fleet/figure.ts';
import type { Comparison, FleetPart } from '../fleet/fleet.ts';
import { buildFleetReport, type FleetReport, type SourceEntry } from '../fleet/report.ts';
import { DEFAULT_FLEET_SETTINGS, type FleetSettings } from '../fleet/settings.ts';
import { labelCase, oneLine } from '../report/case-label.ts';
import { formatFleetLine, plain, sharePaired, withInterval } from '../report/fleet-text.ts';
import { formatQuantity, formatShare } from '../report/units.ts';
import type { ResultFile } from '../results/schema.ts';
import { FleetSettingsForm } from './fleet-settings-form.tsx';
import { Grid, Part } from './grid.tsx';
import { RolloutView } from './rollout-view.tsx';
import { running, shownFile } from './state.ts';

export function FleetView() {
  const settings = useSignal<FleetSettings>(DEFAULT_FLEET_SETTINGS);
  const file = shownFile.value;
  // Ten thousand draws on the page's thread would disturb what is timed.
  const busy = running.value;
  const outcome = useMemo(() => (busy ? null : buildOrFault(file, settings.value)), [busy, file, settings.value]);
  return (
    <>
      {outcome === null && <p class="muted">The fleet is computed when the run has ended: it would disturb it.</p>}
      {outcome && 'fault' in outcome && <p class="fault">{outcome.fault}</p>}
      {outcome && 'report' in outcome && <Report report={outcome.report} />}
      {outcome && 'report' in outcome && <RolloutView measured={outcome.report.fleet.measuredRange} />}
      <FleetSettingsForm settings={settings} />
      {outcome && 'report' in outcome && <Sources sources={outcome.report.sources} notes={outcome.report.notes} />}
    </>
  );
}

function buildOrFault(file: ResultFile | null, settings: FleetSettings): { report: FleetReport } | { fault: string } {
  try {
    return { report: buildFleetReport(file, settings) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

function Report({ report }: { readonly report: FleetReport }) {
  return (
    <>
      <p class="fleet-line">{formatFleetLine(report).replace(/^fleet\s+/, '')}</p>
      {report.vendorClaims.length > 0 && (
        <p class="muted">
          {report.vendorClaims.length} of {report.sources.length} inputs are claims of a vendor that nobody else has
          confirmed; they are marked below.
        </p>
      )}
      <Device report={report} />
      <Fleet fleet={report.fleet} />
      <Bridge report={report} />
    </>
  );
}

function Device({ report: { device, run } }: { readonly report: FleetReport }) {
  return (
    <Part id="fleet-device" title={`1. Your device${run ? `: ${run.adapter}` : ''}`}>
      {run?.isSoftware && <p class="software-note">{WARNINGS['software-adapter']}</p>}
      {'missing' in device ? (
        <p>
          {device.missing}. <a href="#run">Run the default suite</a> or open a result file.
        </p>
      ) : (
        <DeviceTable device={device} />
      )}
    </Part>
  );
}

function DeviceTable({ device }: { readonly device: DevicePart }) {
  const { probes, combination, fits, allRows, rows, leftOut } = device;
  const factor = (log: number): string => Math.exp(log).toPrecision(3);
  return (
    <>
      <p>
        Fed with this run's probes alone: {formatQuantity(probes.bytesPerSecond, 'bytes/s')},{' '}
        {formatQuantity(probes.flopsPerSecond, 'FLOP/s')},{' '}
        {probes.overheadFrom
          ? `${formatQuantity(probes.overheadNs, 'ns')} a dispatch`
          : 'overhead a dispatch not probed, taken as 0'}
        . Times of bytes and flops combine by {combination}; the median error is a factor of{' '}
        {factor(fits[combination].medianAbsLogRatio)} on the {fits[combination].rows} fastest variants and{' '}
        {factor(allRows.medianAbsLogRatio)} on all {allRows.rows} rows.
      </p>
      <Grid
        caption="Predicted from the probes, measured, and how they differ"
        head={['Case', 'Predicted', 'Measured', 'Measured / predicted', 'Bound by', 'Fastest variant']}
        rows={rows.map((row) => [
          oneLine(labelCase(row.id)),
          formatQuantity(row.predictedNs, 'ns'),
          formatQuantity(row.measuredNs, 'ns'),
          plain(Number(row.ratio.toPrecision(3))),
          row.bound,
          row.fastest ? 'yes' : 'no',
        ])}
      />
      {leftOut.length > 0 && (
        <details>
          <summary>{leftOut.length} cases left out, with the reason</summary>
          <ul>
            {leftOut.map(({ id, reason }) => (
              <li key={id}>
                {oneLine(labelCase(id))}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Fleet({ fleet }: { readonly fleet: FleetPart }) {
  const { conditions: c, served, utilisation } = fleet;
  const head = ['', 'Unpaired', `Paired, ${sharePaired(c)}`, 'Paired / unpaired'];
  return (
    <Part id="fleet-fleet" title="2. The fleet, from datacenter measurements and published specifications">
      <p>
        {c.gpus.toLocaleString('en-US')} GPU {c.gpusCounted} by {c.by}, {withInterval(fleet.rubinGpus)} of them Rubin.
        Capacity in {c.tokensCounted} of {c.model}, {c.precision} weights, {c.isl} tokens in, {c.osl} out,{' '}
        {plain(c.tokensPerUser)} tokens/s for each user, first token within {c.ttftLimitMs / 1000} s. Brackets hold 80
        %.
      </p>
      <Grid
        caption="Tokens per second of the fleet"
        head={head}
        rows={[
          comparisonCells('Equal site power', fleet.equalPower),
          comparisonCells('Equal GPU count', fleet.equalCount),
          [
            `Served at ${formatShare(utilisation.value)} use, equal site power`,
            withInterval(served.unpaired),
            withInterval(served.paired),
            '',
          ],
        ]}
      />
      <Grid
        caption={`At equal site power, by tokens per second for each user (measured from ${plain(fleet.measuredRange.lo)} to ${plain(fleet.measuredRange.hi)})`}
        head={['Tokens/s/user', ...head.slice(1)]}
        rows={fleet.byInteractivity.map((row) => comparisonCells(plain(row.tokensPerUser), row.equalPower))}
      />
      <Grid
        caption="What enters, and on what it rests"
        head={['Quantity', 'Value', 'Rests on', 'Sources']}
        rows={inputsOf(fleet).map(([name, figure]) => [
          name,
          withInterval(figure),
          figure.basis,
          figure.sources.join(', '),
        ])}
      />
    </Part>
  );
}

function inputsOf(fleet: FleetPart): readonly (readonly [name: string, figure: Figure])[] {
  return [
    ['One working Blackwell', fleet.perGpu.blackwell],
    ['One working Rubin', fleet.perGpu.rubin],
    ['Factor on an attached Rubin', fleet.lift],
    ['Rubin GPUs', fleet.rubinGpus],
    ['LPX racks at equal GPU count', fleet.lpxRacks],
    ['Site power of the GPUs', fleet.power.gpus],
    ['Site power of the LPX racks', fleet.power.lpx],
    ['GPUs at equal site power', fleet.gpusEqualPower],
  ];
}

function comparisonCells(name: string, { unpaired, paired, ratio }: Comparison): string[] {
  return [name, withInterval(unpaired), withInterval(paired), withInterval(ratio)];
}

function Bridge({ report: { bridge } }: { readonly report: FleetReport }) {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return (
    <Part id="fleet-bridge" title="3. The bridge: what your device may tell the fleet">
      <p>
        Your run moved the fleet median by {percent(bridge.medianMoved)} and the width of its interval by{' '}
        {percent(bridge.widthMoved)}: {bridge.reason}. Counted work of a token may cross; these stay on your device:{' '}
        {bridge.staysHere.join(', ')}.
      </p>
      <Grid
        caption="Counted work of one token"
        head={['Model', 'Flops', 'Bytes']}
        rows={[...bridge.counts, bridge.fleetModel].map((entry) => [
          entry.from ? oneLine(labelCase(entry.from)) : `${entry.model}, the fleet's, from its shape`,
          formatQuantity(entry.flopsPerToken, 'FLOP'),
          entry.bytesPerToken === null ? 'depends on batch' : formatQuantity(entry.bytesPerToken, 'bytes'),
        ])}
      />
    </Part>
  );
}

function Sources({ sources, notes }: { readonly sources: readonly SourceEntry[]; readonly notes: readonly string[] }) {
  return (
    <Part id="fleet-sources" title="Notes and sources">
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
      <Grid
        caption="Every number that entered"
        head={['Id', 'What', 'Value and range', 'Rests on', 'Source']}
        rows={sources.map((entry) => [
          entry.id,
          entry.note === '' ? entry.what : `${entry.what}. ${entry.note}`,
          rangeText(entry),
          entry.basis,
          entry.date === '' ? entry.source : `${entry.source} (${entry.date})`,
        ])}
      />
    </Part>
  );
}

function rangeText({ value, lo, hi, coverage, unit }: SourceEntry): string {
  if (value === undefined) return '';
  const suffix = unit && unit !== '1' ? ` ${unit}` : '';
  if (lo === undefined || hi === undefined || lo === hi) return `${plain(value)}${suffix}`;
  const share = coverage === undefined ? '' : `, ${formatShare(coverage)}`;
  return `${plain(value)}${suffix} [${plain(lo)}, ${plain(hi)}]${share}`;
}
