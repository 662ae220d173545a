// Connects state and worker: describes the adapter, starts and cancels runs, feeds events into the state and to the host.
// The only file that talks to the worker. Knows no view.
import { proxy, type Remote, wrap } from 'comlink';
import { messageOf, UserError } from '../core/errors.ts';
import { type Options, queryFromOptions } from '../core/options.ts';
import type { ResultFile } from '../results/schema.ts';
import type { BenchWorker, Described, HostEvent, KeptModels, ModelInput, ModelSize, RunEvent } from '../workers/api.ts';
import { type HiddenTime, watchHiddenTime, withHiddenTime } from './hidden-time.ts';
import { failedAfter, IDLE, nextAnnouncement, progressAfter, type RunProgress } from './run-progress.ts';
import * as state from './state.ts';

export interface Controller {
  /** Resolves when the adapter is described; asks only once. */
  describe(): Promise<Described>;
  start(): Promise<ResultFile>;
  cancel(): Promise<void>;
  /** What a reference would download; asks its server for names and sizes only. */
  modelSize(reference: string): Promise<ModelSize>;
  keptModels(): Promise<KeptModels>;
  removeKept(): Promise<void>;
  /** Case ids of the given options. */
  plan(options: Options): Promise<readonly string[]>;
  setOptions(changes: Partial<Options>): void;
  readonly worker: Remote<BenchWorker>;
}

export function createController(tellHost: (event: HostEvent) => void): Controller {
  const raw = new Worker(new URL('../workers/bench.worker.ts', import.meta.url), { type: 'module' });
  const worker = wrap<BenchWorker>(raw);
  const death = new Promise<never>((_, reject) => {
    raw.addEventListener('error', (event) =>
      reject(new Error(`the worker stopped (${event.message || 'its script could not be loaded'}): reload the page`)),
    );
  });
  // Every call races against the worker's death; without calls in flight nobody else would look at it.
  death.catch((error: unknown) => reportProblem(error, tellHost));
  const alive = <T>(call: Promise<T>): Promise<T> => Promise.race([call, death]);
  let description: Promise<Described> | null = null;
  let ending: Promise<ResultFile> | null = null;
  return {
    worker,
    describe: () => {
      description ??= alive(worker.describe())
        .catch((error: unknown) => ({ environment: null, timer: null, problem: messageOf(error) }))
        .then((described) => {
          state.described.value = described;
          tellHost({ type: 'described', described });
          return described;
        });
      return description;
    },
    start: () => {
      if (state.running.value) return Promise.reject(new UserError('a run is going on: cancel it first'));
      ending = startRun(worker, alive, tellHost);
      return ending;
    },
    cancel: async () => {
      if (!state.running.value) return;
      setProgress({ ...state.progress.value, phase: 'cancelling' });
      await alive(worker.cancel());
      // The run's own caller hears of a failure; here it only matters that it has ended.
      await ending?.catch(() => undefined);
    },
    modelSize: (reference) => alive(worker.modelSize(reference)),
    keptModels: () => alive(worker.keptModels()),
    removeKept: () => alive(worker.removeKept()),
    plan: (options) => alive(worker.plan(options)),
    setOptions,
  };
}

async function startRun(
  worker: Remote<BenchWorker>,
  alive: <T>(call: Promise<T>) => Promise<T>,
  tellHost: (event: HostEvent) => void,
): Promise<ResultFile> {
  const hidden = watchHiddenTime(document.hidden, performance.now());
  const release = holdPage(hidden, worker);
  try {
    refuseToStart();
    beginRun();
    // Events come over a port of their own, which may lag behind the answer: the run is over when its `done` has come.
    await new Promise<void>((resolve, reject) => {
      const onEvent = (event: RunEvent): void => {
        if (!state.running.value) return;
        const told = withPageKnowledge(event, hidden);
        setProgress(progressAfter(state.progress.value, told));
        tellHost(told);
        if (told.type === 'done') resolve();
      };
      alive(worker.run(state.runOptions.value, modelOf(state.runOptions.value), proxy(onEvent))).catch(reject);
    });
    return finishedFile();
  } catch (error) {
    if (state.running.value) setProgress(failedAfter(state.progress.value));
    reportProblem(error, tellHost);
    throw error;
  } finally {
    release();
  }
}

function refuseToStart(): void {
  const { addressProblem, described } = state;
  if (addressProblem.value !== null) throw new UserError(addressProblem.value);
  if (!described.value) throw new UserError('the adapter is not described yet: wait a moment');
  if (!described.value.environment) throw new UserError(described.value.problem ?? 'there is no WebGPU adapter');
}

function beginRun(): void {
  const dropped = state.droppedModel.value;
  state.problem.value = null;
  state.openedFile.value = null;
  state.runOptions.value = dropped ? { ...state.options.value, model: dropped.name } : state.options.value;
  state.runStamp.value = { id: crypto.randomUUID(), createdAt: new Date().toISOString() };
  setProgress({ ...IDLE, phase: 'planning' });
}

function finishedFile(): ResultFile {
  const file = state.runFile.value;
  if (!file) throw new Error('the worker ended without a session');
  return file;
}

/** The dropped file, else what the option names, seen from this page's address. */
function modelOf({ model }: Options): ModelInput | null {
  if (state.droppedModel.value) return state.droppedModel.value;
  if (model === '') return null;
  const url = new URL(model, location.href);
  if (url.origin !== location.origin) {
    throw new UserError(
      `${model}: look it up on the page first: a model's size is shown before anything is downloaded`,
    );
  }
  const last = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .at(-1);
  return { name: decodeURIComponent(last ?? model), source: { url: url.href } };
}

function withPageKnowledge(event: RunEvent, hidden: HiddenTime): RunEvent {
  if (event.type !== 'done') return event;
  const { charging } = state.health.value;
  const power = charging === null ? {} : { power: charging ? ('mains' as const) : ('battery' as const) };
  return { ...event, session: { ...withHiddenTime(event.session, hidden.total(performance.now())), ...power } };
}

function setProgress(progress: RunProgress): void {
  state.progress.value = progress;
  state.announcement.value = nextAnnouncement(state.announcement.value, progress, performance.now());
}

function reportProblem(error: unknown, tellHost: (event: HostEvent) => void): void {
  const message = messageOf(error);
  state.problem.value = message;
  tellHost({ type: 'error', message });
}

/** Settings live in the address, so that it can be shared; a wrong address is mended by the first change. */
function setOptions(changes: Partial<Options>): void {
  state.options.value = { ...state.options.value, ...changes };
  state.addressProblem.value = null;
  const query = queryFromOptions(state.options.value).toString();
  history.replaceState(null, '', `${location.pathname}${query === '' ? '' : `?${query}`}${location.hash}`);
}

/** For the time of a run: counts hidden time, keeps the screen awake, asks before the page is left. Returns the end of it. */
function holdPage(hidden: HiddenTime, worker: Remote<BenchWorker>): () => void {
  const onVisibility = (): void => {
    hidden.change(document.hidden, performance.now());
    // A worker that died is told of by the run itself.
    worker.setHidden(document.hidden).catch(() => {});
  };
  onVisibility();
  const onLeave = (event: BeforeUnloadEvent): void => event.preventDefault();
  document.addEventListener('visibilitychange', onVisibility);
  addEventListener('beforeunload', onLeave);
  // Refused without focus or on low battery: a run goes on without it.
  const lock = navigator.wakeLock?.request('screen').catch(() => null);
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    removeEventListener('beforeunload', onLeave);
    void lock?.then((held) => held?.release());
  };
}
