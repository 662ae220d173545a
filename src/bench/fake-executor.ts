// An executor that returns scripted times, so that the loop is tested to exact digits. For tests.
import type { BatchTime, Executor } from './executor.ts';

export interface FakeExecutor extends Executor {
  /** Batch sizes asked for, in order. */
  readonly asked: number[];
}

/** `timeOf(count, call)` gives the times of the call-th batch (from 0). */
export function fakeExecutor(timeOf: (count: number, call: number) => BatchTime): FakeExecutor {
  const asked: number[] = [];
  return {
    asked,
    runBatch: (count) => {
      asked.push(count);
      return Promise.resolve(timeOf(count, asked.length - 1));
    },
  };
}
