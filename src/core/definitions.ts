// The meaning of every definition id a metric may carry: which of the field's competing readings of a name this is.
// An id, once in a result file, keeps its text; a changed meaning gets a new id.

export const DEFINITIONS = {
  'kernel-time/gpu-or-slope':
    'time of one operation, inputs resident and result left on the GPU: GPU timestamps over a batch, else the slope of wall time over batch size',
  'kernel-time/wall-to-drained':
    'wall time of one operation, inputs resident, until the result is on the GPU and the queue is drained; the host work of the library included',
  'kernel-time/cuda-events':
    'time of one operation between two CUDA events around it, inputs resident and result left on the GPU',
  'load/bytes-to-session':
    'from model bytes in memory to a session that can run: parsing, graph optimisation, weights to the device; no network',
  'init/weights-on-device-to-ready':
    'the part of opening after the weights are on the device: pipelines, caches, bind groups; only of runtimes that tell it apart',
  'compile/first-run':
    'wall time of the first run after load, at the measured input shape: pipeline compilation and first allocation included',
  'ttft/submit-to-readable':
    'from submitting the prompt to its first new token readable in JavaScript; token ids in, no tokenising',
  'tpot/vllm': '(end of last token − first token) / (output tokens − 1), one value a generation; as vLLM defines TPOT',
  'gap/vllm-itl': 'time between two consecutive tokens readable in JavaScript, every gap kept; vLLM calls the list ITL',
  'ttft/batch':
    'from submitting all prompts of a batch, one after the other, to the first new token of every sequence readable in JavaScript',
  'gap/batch-step':
    'time between two steps of a batch readable in JavaScript, every step kept; a step gives every sequence one token',
  'decode-rate/batch-sum':
    'tokens of all sequences of a batch / time from the first step to the last; one value a generation',
  'submit/record-and-submit':
    'time the host takes to record the commands of one decode step and submit them, every step kept; the GPU may be at work meanwhile',
  'jitter/mean-gap-change':
    'mean of |gap − the gap before it| over a generation, one value a generation; as RFC 3550 means jitter, without its smoothing',
  'gpu-memory/own-allocations':
    'bytes of the GPU buffers this decoder made and still holds after the measured generations, by its own count; what the browser adds is not in it',
  'js-heap/used':
    'bytes of the JavaScript heap in use after the measured generations, where the platform tells (Node does, browsers tell no worker)',
  'prefill-rate/prompt-over-ttft':
    'prompt tokens / time to first token, of a runtime whose first token comes without logits; one value a generation',
  'prefill-rate/prompt-over-prefill':
    'prompt tokens / time from submitting the prompt to its logits readable; one value a generation',
  'decode-rate/out-minus-1-over-rest':
    '(output tokens − 1) / (end of last token − first token); one value a generation',
  'energy/power-integral':
    'energy of the whole board an operation: power integrated over a second of unbroken work, after a second that brings it up, over the operations done',
  'energy/new-token':
    'energy of the whole board a new token: power integrated over at least a second of whole generations back to back, their prompts included, over the new tokens of all sequences',
  'tokens-per-joule/new-token': 'the inverse of it',
  'power/mean-while-working': 'mean power of the whole board over the same second',
  'prefill-rate/llama-bench-pp':
    'prompt tokens / time to evaluate them, random tokens, no sampling; one value a repetition, as llama-bench measures pp',
  'decode-rate/llama-bench-tg':
    'generated tokens / time to evaluate them one by one, random tokens, no sampling; one value a repetition, as llama-bench measures tg',
  'latency/llama-bench-pg':
    'time to evaluate a prompt and then tokens one by one; one value a repetition, as llama-bench measures pp+tg',
  'latency/inputs-to-outputs-readable':
    'one run of a model from inputs in JavaScript memory to all outputs readable there, copies both ways included',
} as const;

/** Other tools' names for the same thing; a name of theirs that means another thing is not among them. */
export const ALSO_CALLED: Readonly<Partial<Record<DefinitionId, string>>> = {
  'tpot/vllm': 'vLLM: TPOT; AIPerf: inter token latency',
  'gap/vllm-itl': 'vLLM: ITL; AIPerf: inter chunk latency',
  'ttft/submit-to-readable': 'vLLM and AIPerf: TTFT; not WebLLM’s, which is its prefill step',
};

export type DefinitionId = keyof typeof DEFINITIONS;
