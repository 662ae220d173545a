// What is described of the machine → the strip of short judgements a run opens with: words first, a tone for colour second.
import type { Environment, Timer } from '../results/schema.ts';
import { adapterName, type Fact, timerText } from './environment.ts';
import { formatQuantity } from './units.ts';

export interface StripItem extends Fact {
  /** `good`: can be trusted; `doubt`: weakens the numbers; `plain`: a fact. */
  readonly tone: 'good' | 'doubt' | 'plain';
  /** The reason or the next step, where there is one. */
  readonly note: string;
}

/** What only the page can see of itself. */
export interface PageHealth {
  readonly visible: boolean;
  readonly focused: boolean;
  /** Null where the browser does not tell. */
  readonly charging: boolean | null;
}

export function adapterStrip(environment: Environment, timer: Timer | null, page: PageHealth): StripItem[] {
  return [gpuItem(environment), timerItem(timer), isolationItem(environment), attentionItem(page)]
    .concat(powerItems(page))
    .concat([browserItem(environment), featuresItem(environment)]);
}

function gpuItem({ adapter }: Environment): StripItem {
  const value = adapterName(adapter);
  if (adapter.isSoftware) return { label: 'Software adapter', value, tone: 'doubt', note: '' };
  return { label: 'GPU', value, tone: 'good', note: adapter.isFallback ? 'the browser calls it a fallback' : '' };
}

function timerItem(timer: Timer | null): StripItem {
  if (!timer) return { label: 'Timer', value: 'not probed', tone: 'doubt', note: 'reload the page' };
  const tone = timer.kind === 'timestamp' ? 'good' : 'doubt';
  return { label: 'Timer', value: timerText(timer), tone, note: tone === 'good' ? '' : timer.reason };
}

function isolationItem({ crossOriginIsolated }: Environment): StripItem {
  return crossOriginIsolated
    ? { label: 'Isolated', value: 'yes', tone: 'good', note: '' }
    : { label: 'Isolated', value: 'no', tone: 'doubt', note: 'wall clock is coarse; serve with COOP and COEP headers' };
}

function attentionItem({ visible, focused }: PageHealth): StripItem {
  if (!visible) return { label: 'Page', value: 'hidden', tone: 'doubt', note: 'bring this tab to the front' };
  if (!focused) return { label: 'Page', value: 'visible, not focused', tone: 'doubt', note: 'click into it' };
  return { label: 'Page', value: 'visible, focused', tone: 'good', note: '' };
}

function powerItems({ charging }: PageHealth): StripItem[] {
  if (charging === null) return [];
  return charging
    ? [{ label: 'Power', value: 'plugged in', tone: 'good', note: '' }]
    : [{ label: 'Power', value: 'on battery', tone: 'doubt', note: 'plug in: clocks are lower on battery' }];
}

function browserItem({ browser, os }: Environment): StripItem {
  const headless = browser.headless === true ? ', headless' : '';
  return {
    label: 'Browser',
    value: `${browser.name} ${browser.version.split('.', 1)[0]}${headless} on ${os.name}`,
    tone: 'plain',
    note: '',
  };
}

function featuresItem({ adapter }: Environment): StripItem {
  const wanted = ['timestamp-query', 'shader-f16', 'subgroups'];
  const missing = wanted.filter((name) => !adapter.features.includes(name));
  const buffer = adapter.limits.maxBufferSize;
  const size = buffer === undefined ? '' : `, buffers to ${formatQuantity(buffer, 'bytes')}`;
  return {
    label: 'Features',
    value: `${adapter.features.length}${size}`,
    tone: 'plain',
    note: missing.length > 0 ? `without ${missing.join(', ')}` : '',
  };
}
