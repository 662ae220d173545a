// The closed list of doubts a number can carry. They travel inside the result file and are shown as footnotes.

export const WARNINGS = {
  'software-adapter': 'software adapter: exercises the path, is not a measurement of a GPU',
  'no-timestamps': 'no usable GPU timestamps: times are the slope of wall time over batch size',
  'timer-disagrees': 'GPU timestamps disagree with wall clock, so wall time was used',
  'span-under-100-quanta': 'the timed span is shorter than 100 timer quanta',
  'not-steady': 'the first and last third of the samples differ by more than 2 %',
  'never-settled': 'warm-up reached its cap before two blocks agreed within 2 %',
  'few-samples': 'too few samples for an interval at 95 %',
  'negative-timestamp': 'samples with a negative or zero GPU time were excluded',
  'slope-failed': 'some slopes of wall time over batch size were not positive: the span is short for this clock',
  disturbed: 'samples taken while something else disturbed the machine were excluded',
  throttled: 'a probe run again after the last case was more than 5 % slower than at the start',
  'tab-hidden': 'the page was hidden during the run',
  'not-isolated': 'the page is not cross-origin isolated: wall clock is coarse',
  'cpu-nodes': 'some graph nodes ran on the CPU inside the webgpu provider',
  'partial-check': 'verified on a sample of the output elements',
  'not-repeatable': 'the same prompt gave different tokens in different generations',
  'other-adapter': 'onnxruntime-web opened another adapter than the one this file describes',
  'cache-resident':
    'the operands fit the cache of a large GPU and are used again and again: GB/s may be that of the cache',
  'adapter-changed': 'the device was lost, or gave no answer, and was opened again during the run',
  'memory-grew': 'the decoder held more GPU memory after its generations than before the first',
  'unverified-model': 'no reference output: speed is measured, correctness is not',
} as const;

export type WarningName = keyof typeof WARNINGS;

export interface Warning {
  readonly name: WarningName;
  /** The figure behind the doubt, e.g. "3 of 40 samples". */
  readonly detail?: string;
}
