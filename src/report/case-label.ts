// A case id → the words a person reads in a table or beside a point. Never fails: a foreign id is shown as it is.
import { type Params, parseCaseId } from '../core/case-id.ts';

export interface CaseLabel {
  /** First segment of the path: `kernel`, `model`, `peer`. */
  readonly kind: string;
  /** `matmul register`, `smollm2-135m`. */
  readonly name: string;
  /** `matmul`, `smollm2-135m`: what variants or runtimes of the same work share. */
  readonly family: string;
  /** Runtime of a model case, else null. */
  readonly runtime: string | null;
  /** `m=n=k=1024 f32`. */
  readonly params: string;
}

export function labelCase(id: string): CaseLabel {
  try {
    const { path, params } = parseCaseId(id);
    const [kind = '', second = '', ...rest] = path.split('/');
    if (kind === 'model' || kind === 'file' || kind === 'llama-bench') {
      const name = rest.join('/') || second;
      return { kind, name, family: name, runtime: rest.length > 0 ? second : null, params: shortParams(params, false) };
    }
    return {
      kind,
      name: [second, ...rest].join(' '),
      family: second,
      runtime: null,
      params: shortParams(params, true),
    };
  } catch {
    return { kind: '', name: id, family: id, runtime: null, params: '' };
  }
}

/** `smollm2-135m · ort-webgpu · prompt=64 new=32 f32`: one line that tells cases of a chart apart. */
export function oneLine({ name, runtime, params }: CaseLabel): string {
  return [name, runtime, params].filter((part) => part).join(' · ');
}

/** A line for each id with only those parameters in which cases of one name and runtime differ. */
export function distinctLines(ids: readonly string[]): string[] {
  const labels = ids.map(labelCase);
  return labels.map((label) => {
    const others = labels.filter(({ name, runtime }) => name === label.name && runtime === label.runtime);
    const shared = (word: string): boolean => others.every(({ params }) => params.split(' ').includes(word));
    const params = label.params.split(' ').filter((word) => !shared(word));
    return oneLine({ ...label, params: params.join(' ') });
  });
}

/** Neighbours of one value may be written together (`m=n=k=1024`); the element type stands alone at the end. */
function shortParams(params: Params, joined: boolean): string {
  const groups: { names: string[]; value: string }[] = [];
  for (const [name, given] of Object.entries(params)) {
    const value = String(given);
    const last = groups.at(-1);
    if (name === 'type') continue;
    if (joined && last?.value === value) last.names.push(name);
    else groups.push({ names: [name], value });
  }
  const words = groups.map(({ names, value }) => `${names.join('=')}=${value}`);
  if (params.type !== undefined) words.push(String(params.type));
  return words.join(' ');
}
