// Measures any .onnx file: a decoder with Hugging Face's names as a decoder, anything else by the latency of one run.
import type { CaseHooks, CaseOutcome } from '../bench/outcome.ts';
import type { ModelFileRequest } from './requests.ts';

export async function runModelFile(request: ModelFileRequest, hooks: CaseHooks): Promise<CaseOutcome> {
  hooks.phase('load', null);
  throw new Error(`model files are being built: ${request.name}`);
}
