// The chain from this device to the fleet, three parts that never mix: what its own probes predict of it, WGSL beside the vendor's
// stack where it is a datacenter GPU, and what may cross. Shows what src/fleet computed.
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import { WARNINGS } from '../core/warnings.ts';
import { type BridgePart, buildBridge, decideCrossing } from '../fleet/bridge.ts';
import { buildDevice, type DevicePart } from '../fleet/device-model.ts';
import { runOf } from '../fleet/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import type { Scenario } from '../fleet/scenario.ts';
import type { VendorGap } from '../fleet/vendor-gap.ts';
import { labelCase, oneLine } from '../report/case-label.ts';
import { movedText } from '../report/fleet-text.ts';
import { plain } from '../report/plain.ts';
import { counted, formatQuantity } from '../report/units.ts';
import type { ResultFile } from '../results/schema.ts';
import type { FleetQuestions } from './fleet-questions.ts';
import { Grid, Part } from './grid.tsx';

interface DeviceProps {
  readonly file: ResultFile | null;
  readonly scenario: Scenario;
  readonly report: RolloutReport | null;
  readonly questions: FleetQuestions | null;
}

export function FleetDevice({ file, scenario, report, questions }: DeviceProps) {
  const device = useMemo(() => file && buildDevice(file), [file]);
  const gap = useSignal<VendorGap | null>(null);
  const bridge = useSignal<BridgePart | null>(null);
  const fault = useSignal<string | null>(null);
  const crossing = decideCrossing(file, scenario);
  useEffect(() => {
    gap.value = null;
    if (!file || !questions) return;
    questions.workers[1].vendorGap(file).then(
      (answer) => {
        gap.value = answer;
      },
      (error: unknown) => {
        fault.value = messageOf(error);
      },
    );
  }, [file, questions, gap, fault]);
  useEffect(() => {
    bridge.value = report && buildBridge(crossing, scenario, report, report);
    if (crossing.weight === 0 || !report || !questions) return;
    // Only counted work of the fleet's own model gets here: both fleets are drawn alike but for the count.
    questions.workers[1].rollout(report.scenario, 'whole', crossing.flopsFactor).then(
      (withRun) => {
        if (withRun) bridge.value = buildBridge(crossing, scenario, report, withRun);
      },
      (error: unknown) => {
        fault.value = messageOf(error);
      },
    );
  }, [report, questions, crossing.flopsFactor, crossing.reason]);
  return (
    <Part id="fleet-device" title={`From your device to the fleet${file ? `: ${runOf(file).adapter}` : ''}`}>
      {file && runOf(file).isSoftware && <p class="software-note">{WARNINGS['software-adapter']}</p>}
      {fault.value && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      <h3>1. Your device, predicted from its own probes</h3>
      {device === null || 'missing' in device ? (
        <p>
          {device === null ? 'No run is shown, so nothing is said about a device' : device.missing}.{' '}
          <a href="#run">Run the default suite</a> or open a result file.
        </p>
      ) : (
        <DeviceTable device={device} />
      )}
      <h3>2. The same chip in a datacenter</h3>
      {gap.value ? (
        <GapTable gap={gap.value} />
      ) : (
        <p>
          {file
            ? 'This adapter is no datacenter GPU of the catalogue, so that nothing measured on both ends joins it to the fleet.'
            : 'A result file of a datacenter GPU (native lane) shows here how far WGSL is from the vendor’s stack.'}
        </p>
      )}
      <h3>3. What crosses to the fleet</h3>
      {bridge.value && <Bridge bridge={bridge.value} shown={file !== null} />}
    </Part>
  );
}

function DeviceTable({ device }: { readonly device: DevicePart }) {
  const { probes, fastest, allRows, rows, leftOut, seal } = device;
  const factor = (log: number): string => Math.exp(log).toPrecision(3);
  return (
    <>
      <p>
        Fed with this run's probes alone: {formatQuantity(probes.bytesPerSecond, 'bytes/s')},{' '}
        {formatQuantity(probes.flopsPerSecond, 'FLOP/s')},{' '}
        {probes.overheadFrom
          ? `${formatQuantity(probes.overheadNs, 'ns')} a dispatch`
          : 'overhead a dispatch not probed, taken as 0'}
        . The median error is a factor of {factor(fastest.medianAbsLogRatio)} on the {fastest.rows} fastest variants and{' '}
        {factor(allRows.medianAbsLogRatio)} on all {allRows.rows} rows. {seal.text}
      </p>
      <Grid
        caption="Predicted from the probes, measured, and how they differ"
        head={['Case', 'Predicted', 'Measured', 'Measured / predicted', 'Bound by', 'Sealed before', 'Fastest variant']}
        rows={rows.map((row) => [
          oneLine(labelCase(row.id)),
          formatQuantity(row.predictedNs, 'ns'),
          formatQuantity(row.measuredNs, 'ns'),
          plain(Number(row.ratio.toPrecision(3))),
          row.bound,
          row.sealed ? 'yes' : 'no',
          row.fastest ? 'yes' : 'no',
        ])}
      />
      {leftOut.length > 0 && (
        <details>
          <summary>{counted(leftOut.length, 'case')} left out, with the reason</summary>
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

function GapTable({ gap: { chip, publishedRuns, gaps, source } }: { readonly gap: VendorGap }) {
  return (
    <>
      <p>
        This chip is a {chip}; {publishedRuns} published serving runs on it are in the calibration. {source}.
      </p>
      <Grid
        caption={`WGSL beside the vendor's stack on ${chip}`}
        head={['What', 'Specification', 'WGSL, here', "Vendor's stack", 'Gap']}
        rows={gaps.map(({ what, unit, specification, wgsl, vendorStack, factor, from }) => [
          `${what} (${from})`,
          specification === null ? '' : formatQuantity(specification, unit),
          formatQuantity(wgsl, unit),
          formatQuantity(vendorStack, unit),
          `× ${factor.toPrecision(3)}`,
        ])}
      />
    </>
  );
}

function Bridge({ bridge, shown }: { readonly bridge: BridgePart; readonly shown: boolean }) {
  return (
    <>
      <p>
        {shown ? movedText(bridge) : 'No run is shown, so nothing crosses.'} Only what holds on any hardware may cross;
        these stay on your device: {bridge.staysHere.join(', ')}.
      </p>
      <Grid
        caption="What holds on any hardware, and whether this run measured it"
        head={['What', 'In this run', 'Crosses', 'The fleet takes']}
        rows={bridge.quantities.map(({ what, measured, crosses, fleetTakes }) => [
          what,
          measured ?? 'not measured',
          crosses ? 'yes' : 'no',
          fleetTakes,
        ])}
      />
      <Grid
        caption="Counted work of one token"
        head={['Model', 'Flops', 'Bytes']}
        rows={[...bridge.counts, bridge.fleetModel].map((entry) => [
          entry.from ? oneLine(labelCase(entry.from)) : `${entry.model}, the fleet's, from its shape`,
          formatQuantity(entry.flopsPerToken, 'FLOP'),
          entry.bytesPerToken === null ? 'depends on batch' : formatQuantity(entry.bytesPerToken, 'bytes'),
        ])}
      />
    </>
  );
}
