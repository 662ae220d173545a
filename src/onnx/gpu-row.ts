// Reads one row of a [1, rows, width] tensor: from the GPU only that row is copied, since a prompt's logits are
// rows × vocabulary. Knows no model.
import type { ElementType } from '../../models/onnx/proto.ts';
import { ELEMENT_TYPES } from '../../models/onnx/proto.ts';
import type { Ort, Tensor } from './runtime.ts';
import { toNumbers } from './tensors.ts';

/** The row's values as f32, a copy of its own. */
export async function readRow(ort: Ort, tensor: Tensor, row: number): Promise<Float32Array> {
  const width = tensor.dims.at(-1)!;
  const type = tensor.type as ElementType;
  const elementBytes = ELEMENT_TYPES[type].bytes;
  const [offset, size] = [row * width * elementBytes, width * elementBytes];
  if (tensor.location !== 'gpu-buffer' || offset % 4 !== 0 || size % 4 !== 0) {
    const all = toNumbers(type, await tensor.getData());
    return Float32Array.from({ length: width }, (_, i) => all[row * width + i]!);
  }
  const device = await ort.env.webgpu.device;
  const bytes = await download(device, tensor.gpuBuffer as GPUBuffer, offset, size);
  return Float32Array.from(toNumbers(type, type === 'float16' ? new Uint16Array(bytes) : new Float32Array(bytes)));
}

async function download(device: GPUDevice, source: GPUBuffer, offset: number, size: number): Promise<ArrayBuffer> {
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const staging = device.createBuffer({ label: 'logits row', size, usage });
  try {
    const encoder = device.createCommandEncoder({ label: 'logits row' });
    encoder.copyBufferToBuffer(source, offset, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}
