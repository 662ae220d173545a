// The tuner on a device that has no room: what it does when copies of the weights, or the weights themselves, do not fit.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tuningSpace } from '../../kernels/tuned.ts';
import { type NativeMachine, openNativeMachine } from '../native/machine.ts';
import { timerUse } from '../session/measure-plans.ts';
import { capsOf } from './device.ts';
import { tuneKernel } from './tune-kernel.ts';

let machine: NativeMachine;
beforeAll(async () => {
  machine = await openNativeMachine();
});
afterAll(() => machine.device.destroy());

const ID = 'kernel/gemv/tuned:n=64;k=128;type=f32';

/** The device with room for so many buffers of weights at a time: what is beyond comes as a destroyed one and an error in the scope. */
function withRoomFor(most: number, device: GPUDevice): GPUDevice {
  let [held, isFull] = [0, false];
  const scopes: GPUErrorFilter[] = [];
  const own = {
    pushErrorScope: (filter: GPUErrorFilter): void => {
      scopes.push(filter);
      device.pushErrorScope(filter);
    },
    popErrorScope: async (): Promise<GPUError | null> => {
      const isMemory = scopes.pop() === 'out-of-memory';
      const found = await device.popErrorScope();
      if (!isMemory || !isFull) return found;
      isFull = false;
      return new GPUOutOfMemoryError('no room');
    },
    createBuffer: (descriptor: GPUBufferDescriptor): GPUBuffer => {
      const buffer = device.createBuffer(descriptor);
      if (!/ w( copy \d+)?$/.test(descriptor.label ?? '')) return buffer;
      const destroy = buffer.destroy.bind(buffer);
      let isHeld = true;
      buffer.destroy = () => {
        if (isHeld) held--;
        isHeld = false;
        return destroy();
      };
      if (++held > most) {
        isFull = true;
        buffer.destroy();
      }
      return buffer;
    },
  };
  return new Proxy(device, {
    get: (target, key) => {
      if (key in own) return own[key as keyof typeof own];
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const tuneOn = (device: GPUDevice) =>
  tuneKernel(device, tuningSpace(ID, capsOf(machine.device)), {
    id: ID,
    seed: 1,
    timer: timerUse(machine.timer),
    budgetMs: 2000,
    isSoftware: false,
    signal: new AbortController().signal,
    phase: () => {},
  });

it('tunes without copies of the weights where they do not fit', async () => {
  const table = await tuneOn(withRoomFor(8, machine.device));
  expect(table.chosen).not.toBeNull();
  expect(table.candidates.filter(({ state }) => state === 'error')).toEqual([]);
});

it('says of each candidate that it does not fit where nothing does', async () => {
  const table = await tuneOn(withRoomFor(0, machine.device));
  expect(table.chosen).toBeNull();
  const reasons = new Set(table.candidates.filter(({ state }) => state !== 'illegal').map(({ reason }) => reason));
  expect([...reasons]).toEqual(['no room']);
});
