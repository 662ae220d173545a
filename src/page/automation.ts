// The page for machines: `globalThis.fleetmark`, the events told to `fleetmarkHost`, and `data-state` on the body.
import { effect } from '@preact/signals';
import { UserError } from '../core/errors.ts';
import type { ConformanceUrls, HostEvent, PageAutomation } from '../workers/api.ts';
import type { Controller } from './controller.ts';
import { pageState, runFile } from './state.ts';

declare global {
  /** Exposed by a headless runner before the page loads. */
  var fleetmarkHost: ((event: HostEvent) => unknown) | undefined;
  var fleetmark: PageAutomation | undefined;
}

export function tellHost(event: HostEvent): void {
  void globalThis.fleetmarkHost?.(event);
}

export function exposeAutomation(controller: Controller): void {
  globalThis.fleetmark = {
    describe: () => controller.describe(),
    start: async () => {
      await controller.describe();
      return controller.start();
    },
    cancel: () => controller.cancel(),
    result: () => runFile.value,
    conformance: async (testCase, target) =>
      controller.worker.conformance(await fetchConformanceCase(testCase), target),
    checkRuntime: (runtime, type) => controller.worker.checkRuntime(runtime, type),
  };
  effect(() => {
    document.body.dataset.state = pageState.value;
  });
}

async function fetchConformanceCase({ name, modelUrl, inputUrls, outputUrls }: ConformanceUrls) {
  const [model, inputs, outputs] = await Promise.all([
    fetchBytes(modelUrl),
    inputUrls && Promise.all(inputUrls.map(fetchBytes)),
    Promise.all(outputUrls.map(fetchBytes)),
  ]);
  return { name, model, inputs, outputs };
}

async function fetchBytes(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new UserError(`${url}: the server answered ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}
