// The meaning of every definition id a metric may carry: which of the field's competing readings of a name this is.
// An id, once in a result file, keeps its text; a changed meaning gets a new id.

export const DEFINITIONS = {
  'kernel-time/gpu-or-slope':
    'time of one operation, inputs resident and result left on the GPU: GPU timestamps over a batch, else the slope of wall time over batch size',
  'kernel-time/wall-to-drained':
    'wall time of one operation, inputs resident, until the result is on the GPU and the queue is drained; the host work of the library included',
  'load/bytes-to-session':
    'from model bytes in memory to a session that can run: parsing, graph optimisation, weights to the device; no network',
  'compile/first-run':
    'wall time of the first run after load, at the measured input shape: pipeline compilation and first allocation included',
  'ttft/submit-to-readable':
    'from submitting the prompt to its first new token readable in JavaScript; token ids in, no tokenising',
  'tpot/vllm': '(end of last token − first token) / (output tokens − 1), one value a generation; as vLLM defines TPOT',
  'gap/vllm-itl': 'time between two consecutive tokens readable in JavaScript, every gap kept; vLLM calls the list ITL',
  'prefill-rate/prompt-over-prefill':
    'prompt tokens / time from submitting the prompt to its logits readable; one value a generation',
  'decode-rate/out-minus-1-over-rest':
    '(output tokens − 1) / (end of last token − first token); one value a generation',
  'prefill-rate/llama-bench-pp':
    'prompt tokens / time to evaluate them, random tokens, no sampling; one value a repetition, as llama-bench measures pp',
  'decode-rate/llama-bench-tg':
    'generated tokens / time to evaluate them one by one, random tokens, no sampling; one value a repetition, as llama-bench measures tg',
  'latency/llama-bench-pg':
    'time to evaluate a prompt and then tokens one by one; one value a repetition, as llama-bench measures pp+tg',
  'latency/inputs-to-outputs-readable':
    'one run of a model from inputs in JavaScript memory to all outputs readable there, copies both ways included',
} as const;

export type DefinitionId = keyof typeof DEFINITIONS;
