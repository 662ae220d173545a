// A run on a datacenter GPU beside published serving on that very chip: which share of its specification WGSL reaches, and which
// share the vendor's stack is calibrated to reach. The only bridge between a local run and a datacenter that is measured on both
// ends. Knows no fleet.

import { isProbe } from '../core/case-order.ts';
import { collectCases, type MeasuredCase } from '../results/counted-cases.ts';
import { readProbes } from '../results/probed-rates.ts';
import type { ResultFile } from '../results/schema.ts';
import type { Calibration } from './serving/calibrate.ts';
import { type Accelerator, findAccelerator } from './serving/catalogue.ts';
import { measuredPoints } from './serving/points.ts';
import { measuredReplicaOf } from './serving/question.ts';

export interface Gap {
  readonly what: string;
  /** In the unit, by specification, as WGSL reached it here, and as the vendor's stack reaches it while serving. */
  readonly unit: 'bytes/s' | 'FLOP/s' | 'ns';
  readonly specification: number | null;
  readonly wgsl: number;
  readonly vendorStack: number;
  /** How many times more the vendor's stack gets out of the chip. */
  readonly factor: number;
  readonly from: string;
}

export interface VendorGap {
  readonly chip: string;
  /** Published serving runs on this chip among those the calibration rests on. */
  readonly publishedRuns: number;
  readonly gaps: readonly Gap[];
  readonly source: string;
}

/** Null where the adapter is no datacenter GPU of the catalogue, or the run holds no verified probe. */
export function vendorGap(result: ResultFile, calibration: Calibration): VendorGap | null {
  const chip = datacenterChip(result);
  if (!chip) return null;
  const { measured } = collectCases(result);
  const probes = readProbes(measured.filter(({ id }) => isProbe(id)));
  if ('missing' in probes) return null;
  const { memory, compute } = calibration.parameters;
  const bandwidth = chip.memoryBandwidthGBs * 1e9;
  const peak = chip.tflops.bf16 * 1e12;
  const fastest = measured.reduce((best, item) => (rate(item) > rate(best) ? item : best));
  return {
    chip: chip.name,
    publishedRuns: measuredPoints().filter((point) => measuredReplicaOf(point)?.replica.chip.name === chip.name).length,
    gaps: [
      {
        what: 'memory bandwidth',
        unit: 'bytes/s',
        specification: bandwidth,
        wgsl: probes.bytesPerSecond,
        vendorStack: memory * bandwidth,
        factor: (memory * bandwidth) / probes.bytesPerSecond,
        from: probes.bandwidthFrom,
      },
      {
        what: 'arithmetic, against BF16 on matrix units',
        unit: 'FLOP/s',
        specification: peak,
        wgsl: rate(fastest) * 1e9,
        vendorStack: compute * peak,
        factor: (compute * peak) / (rate(fastest) * 1e9),
        from: fastest.id,
      },
      ...measured.filter(({ kind }) => kind === 'decoder').map((item) => decodeGap(item, chip, calibration)),
    ],
    source: 'calibrated shares of bandwidth and BF16 peak (fleet validate), specification of the catalogue',
  };
}

/** A token of the same bytes and flops at the shares and the step overhead of the vendor's stack, one request at a time. */
function decodeGap(item: MeasuredCase, chip: Accelerator, { parameters }: Calibration): Gap {
  const { memory, compute, step } = parameters;
  const bytes = item.bytes / (memory * chip.memoryBandwidthGBs * 1e9);
  const flops = item.flops / (compute * chip.tflops.bf16 * 1e12);
  const vendorStack = (Math.max(bytes, flops) + step) * 1e9;
  const shared = { unit: 'ns', specification: null, from: item.id } as const;
  return { what: 'a token of this decoder', ...shared, wgsl: item.ns, vendorStack, factor: item.ns / vendorStack };
}

const rate = ({ flops, ns }: MeasuredCase): number => flops / ns;

/** Chips that published serving runs on stand in scale-up domains; consumer cards do not. */
function datacenterChip({ environment: { adapter } }: ResultFile): Accelerator | null {
  if (adapter.isSoftware) return null;
  for (const name of [adapter.description, adapter.device]) {
    const chip = name ? findAccelerator(name) : undefined;
    if (chip?.scaleUpGBs !== undefined) return chip;
  }
  return null;
}
