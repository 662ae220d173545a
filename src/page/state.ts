// The page's one state, as signals. The only place with module-level mutable state; views read it, the controller writes it.
import { computed, signal } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { DEFAULT_OPTIONS, type Options, optionsFromQuery } from '../core/options.ts';
import type { PageHealth } from '../report/adapter-strip.ts';
import type { LabelledFile } from '../report/comparison.ts';
import { assembleResultFile } from '../results/assemble.ts';
import type { HistoryEntry } from '../results/run-history.ts';
import type { ResultFile } from '../results/schema.ts';
import type { Described, ModelInput, ModelSize, PageState } from '../workers/api.ts';
import type { Theme } from './preferences.ts';
import { type Announcement, IDLE, isActive, type RunProgress } from './run-progress.ts';

export const VIEWS = ['run', 'result', 'compare', 'fleet'] as const;
export type View = (typeof VIEWS)[number];

/** The view a hash names, before any `?` of that view's own; anything else is the first one. */
export function viewOf(hash: string): View {
  return VIEWS.find((view) => `#${view}` === hash.split('?', 1)[0]) ?? 'run';
}

interface Address {
  readonly options: Options;
  /** Why the address could not be read; options are then the defaults. */
  readonly problem: string | null;
}

export function readAddress(search: string): Address {
  try {
    return { options: optionsFromQuery(new URLSearchParams(search)), problem: null };
  } catch (error) {
    return { options: DEFAULT_OPTIONS, problem: messageOf(error) };
  }
}

export const view = signal<View>('run');
export const options = signal<Options>(DEFAULT_OPTIONS);
/** A wrong setting in the address: nothing starts before it is mended. */
export const addressProblem = signal<string | null>(null);
export const described = signal<Described | null>(null);
export const health = signal<PageHealth>({ visible: true, focused: true, charging: null });
/** A model file dropped on the page; it wins over the option. */
export const droppedModel = signal<ModelInput | null>(null);
/** Of a model that is to be downloaded, what was last heard of its size. */
export const modelSize = signal<ModelSize | null>(null);
export const progress = signal<RunProgress>(IDLE);
export const announcement = signal<Announcement>({ text: '', atMs: 0, fraction: 0, phase: 'idle' });
/** The last thing that went wrong, for a person; null when dismissed. */
export const problem = signal<string | null>(null);
/** The last thing done at a person's wish (copied, saved), said politely. */
export const notice = signal('');
export const helpOpen = signal(false);
export const theme = signal<Theme>('auto');
export const shortcutsOn = signal(true);

/** Identity of the run in hand: one result file, however often it is assembled. */
export const runStamp = signal<{ readonly id: string; readonly createdAt: string } | null>(null);
/** The fleet's settings as in its address (`gpus=500000&share=0.5`), kept while other views are shown. */
export const fleetQuery = signal('');
/** A file a person opened; shown instead of the page's own run until closed. */
export const openedFile = signal<{ readonly name: string; readonly file: ResultFile } | null>(null);

/** A file in the Compare view. Its key outlives moving and relabelling. */
export interface CompareSide extends LabelledFile {
  readonly key: string;
}
/** In the order shown; the first is the baseline. */
export const sides = signal<readonly CompareSide[]>([]);
/** Why files given to the Compare view are not in it, one message each. */
export const leftOut = signal<readonly string[]>([]);
/** Runs kept in this browser, newest first; null before they were looked up. */
export const keptRuns = signal<readonly HistoryEntry[] | null>(null);

/** The page's own run as a file, as far as it got. */
export const runFile = computed<ResultFile | null>(() => {
  const [stamp, environment, session] = [runStamp.value, described.value?.environment, progress.value.session];
  if (!stamp || !environment || !session) return null;
  return assembleResultFile({ ...stamp, environment, options: runOptions.value, sessions: [session] });
});

/** The options the run in hand was started with: later edits do not reach into it. */
export const runOptions = signal<Options>(DEFAULT_OPTIONS);

export const shownFile = computed<ResultFile | null>(() => openedFile.value?.file ?? runFile.value);
export const running = computed(() => isActive(progress.value));
export const startable = computed(
  () => !running.value && described.value?.environment != null && addressProblem.value === null,
);

/** What the host reads from `document.body.dataset.state`. */
export const pageState = computed<PageState>(() => {
  const { phase } = progress.value;
  if (isActive(progress.value)) return 'running';
  if (phase === 'done' || phase === 'cancelled') return phase;
  if (phase === 'failed' || addressProblem.value !== null) return 'error';
  if (described.value === null) return 'idle';
  return described.value.environment === null ? 'error' : 'ready';
});
