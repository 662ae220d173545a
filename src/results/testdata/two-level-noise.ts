// Result files with simulated noise at two levels, so that what a comparison claims can be checked against the truth.
// Session effect log-normal, samples log-normal around it, some samples spiked: the model of measured browser sessions.
import type { Rng } from '../../core/rng.ts';
import type { ResultFile, Session } from '../schema.ts';
import { sampleFile, sampleMetric, sampleRow, sampleSession } from './sample-file.ts';

export interface NoiseModel {
  /** Standard deviation of the session effect, log scale. */
  readonly between: number;
  /** Of samples inside a session. */
  readonly within: number;
  readonly spikeRate: number;
  /** Spiked samples take about this much longer. */
  readonly spike: number;
  readonly samples: number;
}

/** 2 % between sessions, 1 % inside one, 3 % of samples about 20 % slower. */
export const TWO_LEVEL: NoiseModel = { between: 0.02, within: 0.01, spikeRate: 0.03, spike: 0.2, samples: 50 };

/** Samples of one session in ns around `center`. */
export function noisySamples(rng: Rng, center: number, model: NoiseModel = TWO_LEVEL): number[] {
  const session = center * Math.exp(model.between * rng.normal());
  return Array.from({ length: model.samples }, () => {
    const spiked = rng.uniform() < model.spikeRate ? 1 + model.spike * (0.5 + rng.uniform()) : 1;
    return session * Math.exp(model.within * rng.normal()) * spiked;
  });
}

/** A file of wall-timed kernels (threshold 3 %): one session per entry of `sessions`, one row per entry of that. */
export function noisyFile(sessions: readonly (readonly number[][])[], id: string, changes: readonly Partial<Session>[] = []): ResultFile {
  return sampleFile(
    sessions.map((rows, number) =>
      sampleSession(
        rows.map((samples, row) =>
          sampleRow(`kernel/simulated/row-${row}`, [], { metrics: [sampleMetric('time', samples, { estimator: 'wall-slope', opsPerSample: 1000 })] }),
        ),
        { id: `${id}-${number}`, ...changes[number] },
      ),
    ),
    { id },
  );
}
