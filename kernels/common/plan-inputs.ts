// A plan with other inputs than its seeded ones: how a conformance case or an engine feeds a kernel. Knows no family.
import { UserError } from '../../src/core/errors.ts';
import type { HostArray, KernelPlan } from '../family.ts';

/** The same plan, its named inputs filled with these arrays. Throws a UserError on an unknown name or another size. */
export function withInputs(plan: KernelPlan, inputs: Readonly<Record<string, HostArray>>): KernelPlan {
  for (const [name, values] of Object.entries(inputs)) {
    const buffer = plan.buffers.find((item) => item.name === name && item.role === 'input');
    if (!buffer) {
      const known = plan.buffers.filter((item) => item.role === 'input').map((item) => item.name);
      throw new UserError(`no input '${name}' in this kernel. Known: ${known.join(', ')}`);
    }
    if (values.byteLength !== buffer.bytes)
      throw new UserError(`input '${name}' holds ${values.byteLength} bytes; this kernel takes ${buffer.bytes}`);
  }
  const buffers = plan.buffers.map((buffer) => {
    const values = inputs[buffer.name];
    return values ? { ...buffer, fill: () => values } : buffer;
  });
  return { ...plan, buffers };
}
