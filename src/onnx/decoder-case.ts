// Measures one decoder case: load, cold and warm generations, forced decoding against the reference, placement.
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import type { DecoderRequest } from './requests.ts';

export async function runDecoderCase(request: DecoderRequest, hooks: CaseHooks): Promise<CaseOutcome> {
  hooks.phase('load', null);
  throw new Error(`decoder cases are being built: ${request.config.name}`);
}
