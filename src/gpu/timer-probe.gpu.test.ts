// The probe on a real queue: its figures must be plausible and consistent with each other.
import { expect, it } from 'vitest';
import { openDawn } from '../native/dawn.ts';
import { probeTimer } from './timer-probe.ts';

it('measures both clocks and chooses one with a reason', async () => {
  const opened = await openDawn();
  const report = await probeTimer(opened.device);
  expect(report.clockStepNs).toBeGreaterThanOrEqual(1);
  expect(report.clockStepNs).toBeLessThanOrEqual(1e6);
  expect(report.completionNs).toBeGreaterThan(0);
  expect(report.reason).not.toBe('');
  if (report.kind === 'timestamp') {
    expect(report.quantumNs).toBeGreaterThanOrEqual(1);
    expect(Math.abs(report.gpuOverWall! - 1)).toBeLessThanOrEqual(0.2);
  }
  opened.device.destroy();
});
