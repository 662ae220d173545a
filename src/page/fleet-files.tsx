// Files of the Fleet view: the scenario and its figures out, a scenario, a catalogue or serving runs of one's own in.
import { useSignal } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { applyOverlay } from '../fleet/overlay.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import { readScenario, type Scenario, scenarioToJson } from '../fleet/scenario.ts';
import type { Refit } from '../fleet/serving/refit.ts';
import { formatRefit } from '../report/fleet-refit-text.ts';
import { formatRolloutCsv } from '../report/fleet-rollout-text.ts';
import { FileDrop } from './file-drop.tsx';
import { copyText, saveText } from './files.ts';
import type { FleetQuestions } from './fleet-questions.ts';
import { Part } from './grid.tsx';

interface FilesProps {
  readonly report: RolloutReport | null;
  readonly pairing: PairingReport | null;
  readonly questions: FleetQuestions | null;
  readonly onScenario: (scenario: Scenario) => void;
  /** A catalogue was laid over: everything is to be asked anew. */
  readonly onCatalogue: () => void;
}

export function FleetFiles({ report, pairing, questions, onScenario, onCatalogue }: FilesProps) {
  const said = useSignal<string | null>(null);
  const fault = useSignal<string | null>(null);
  const refit = useSignal<Refit | null>(null);
  const take = async (file: File): Promise<void> => {
    fault.value = null;
    try {
      const json: unknown = JSON.parse(await file.text());
      if (isOverlay(json)) {
        // Both workers compute from the catalogue, and this thread shows its ranges and models.
        const overlay = applyOverlay(json, file.name);
        await Promise.all(questions?.workers.map((worker) => worker.useCatalogue(json, file.name)) ?? []);
        said.value = `${file.name}: ${overlay.constants} constants, ${overlay.accelerators} chips, ${overlay.architectures} models and ${overlay.points} points laid over the catalogue until this page is left.`;
        onCatalogue();
      } else if (looksLikeScenario(json)) {
        onScenario(readScenario(json, file.name));
        said.value = `${file.name}: this scenario is shown.`;
      } else {
        refit.value = null;
        refit.value = (await questions?.workers[1].refit(json, file.name)) ?? null;
        said.value = `${file.name}: how your runs move the fit is shown below; the fleet stays on the published points. Give them as points of a catalogue to take them in.`;
      }
    } catch (error) {
      said.value = null;
      // What a file leaves open is given by a flag, which this page has not.
      const text = messageOf(error);
      fault.value = text.includes('give --') ? `${text}, with fleet refit on the command line` : text;
    }
  };
  return (
    <Part id="fleet-files" title="Take it with you, or bring your own">
      <p class="actions">
        <button
          type="button"
          disabled={!report}
          onClick={() => void copyText(location.href, 'a link to this scenario')}
        >
          Copy link
        </button>
        <button
          type="button"
          disabled={!report}
          onClick={() => report && saveText('fleet-scenario.json', `${scenarioToJson(report.scenario)}\n`)}
        >
          Scenario (JSON)
        </button>
        <button
          type="button"
          disabled={!report}
          onClick={() =>
            report && saveText('fleet-report.json', `${JSON.stringify({ rollout: report, pairing }, null, 1)}\n`)
          }
        >
          Figures (JSON)
        </button>
        <button
          type="button"
          disabled={!report}
          onClick={() => report && saveText('fleet-by-quarter.csv', `${formatRolloutCsv(report)}\n`, 'text/csv')}
        >
          Quarters (CSV)
        </button>
      </p>
      <FileDrop
        accept=".json"
        button="Open JSON"
        hint="a scenario, your own catalogue (constants, accelerators, architectures, points), or a result of vLLM, AIPerf or InferenceX"
        onFiles={([file]) => void take(file)}
      />
      <p aria-live="polite">{said.value}</p>
      {fault.value && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      {refit.value && <pre class="refit">{formatRefit(refit.value)}</pre>}
    </Part>
  );
}

const OVERLAY_KEYS = ['constants', 'accelerators', 'architectures', 'points'];

function isOverlay(json: unknown): boolean {
  return typeof json === 'object' && json !== null && OVERLAY_KEYS.some((key) => key in json);
}

/** A scenario holds settings by name; results of serving benchmarks hold measurements. */
function looksLikeScenario(json: unknown): boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
  return ['share', 'gpus', 'user-rate', 'scenarios'].some((key) => key in json) || Object.keys(json).length === 0;
}
