// One request for a model's files, with refusals in words. Knows neither the hub nor what is asked for.
import { messageOf, UserError } from '../../src/core/errors.ts';

export interface Network {
  /** Of the hub, without a closing slash. */
  readonly endpoint: string;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** The server is at fault or busy: the same request may do later. */
export class TemporaryError extends UserError {}

/** An answer of 200 or 206; a UserError says in one line what else came. Rejects with the signal's reason when it ends it. */
export async function ask(
  url: string,
  init: { readonly method?: 'HEAD'; readonly headers?: Readonly<Record<string, string>> },
  shown: string,
  { fetch, signal }: Pick<Network, 'fetch' | 'signal'>,
): Promise<Response> {
  const answer = await fetch(url, { ...init, signal, credentials: 'omit', redirect: 'follow' }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw new TemporaryError(`${shown}: no answer (${causeOf(error)})`);
    },
  );
  if (answer.ok) return answer;
  const status = `${answer.status} ${answer.statusText}`.trimEnd();
  await answer.body?.cancel();
  const why = MEANINGS[answer.status] ?? '';
  const message = `${shown}: answers ${status}${why}`;
  throw answer.status >= 500 || answer.status === 429 ? new TemporaryError(message) : new UserError(message);
}

const MEANINGS: Readonly<Record<number, string>> = {
  401: ': it does not exist, or is private or gated; models behind a login are not fetched. Download it and give the path',
  403: ': it is gated or forbidden; models behind a login are not fetched. Download it and give the path',
  404: ': there is no such repository, revision or file',
  429: ': too many requests; try again later',
};

/** fetch says only "fetch failed"; why is in its cause. */
function causeOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
