import { describe, expect, it } from 'vitest';
import { findPlacement } from './find-placement.ts';
import { placementFromProfile } from './placement.ts';

// Lines in the form onnxruntime-web 1.30 prints them, arguments shortened.
const node = (name: string, op: string, provider: string, index: number, dur: number): string =>
  `{"cat" : "Node","pid" :42,"tid" :1,"dur" :${dur},"ts" :5,"ph" : "X","name" :"${name}_kernel_time","args" : {"op_name" : "${op}","provider" : "${provider}","node_index" : "${index}"}},`;
const api = (name: string, dur: number): string =>
  `{"cat" : "Api","pid" :-1,"tid" :-1,"dur" :${dur},"ts" :9,"ph" : "X","name" :"${name}","args" : {"cache_key" : "k"}},`;

const GPU = 'WebGpuExecutionProvider';
const CPU = 'CPUExecutionProvider';
const run = [
  node('Memcpy', 'MemcpyFromHost', GPU, 9, 50),
  node('/mask/Cast', 'Cast', CPU, 0, 30),
  node('/mask/Shape', 'Shape', CPU, 1, 10),
  node('/proj', 'MatMul', GPU, 2, 7),
  node('/add', 'Add', GPU, 3, 7),
];
const profile = ['[', '{"cat" : "Session","dur" :9,"name" :"load","args" : {}},', ...run, ...run];

describe('placement from the profile', () => {
  it('counts each node once, leaves copies out and names the operators on the CPU', () => {
    const placement = placementFromProfile([...profile, ']'], 'webgpu', 2)!;
    expect(placement.outcome).toEqual({ provider: 'webgpu', nodes: 4, nodesOnGpu: 2, cpuOperators: ['Cast', 'Shape'] });
    expect(placement.warnings).toEqual([{ name: 'cpu-nodes', detail: '2 of 4 nodes' }]);
    expect(placement.dispatchesPerRun).toBeNull();
    expect(placement.method).toMatch(/no GPU timestamps/);
  });

  it('with GPU timestamps gives the share of time: dispatches against CPU nodes', () => {
    const placement = placementFromProfile([...profile, api('a', 100), api('b', 140), ']'], 'webgpu', 2)!;
    expect(placement.outcome.timeShareOnGpu).toBe(240 / (240 + 80));
    expect(placement.dispatchesPerRun).toBe(1);
  });

  it('all on the GPU is no warning', () => {
    const placement = placementFromProfile([run[3]!, run[4]!], 'webgpu', 1)!;
    expect(placement.outcome).toMatchObject({ nodes: 2, nodesOnGpu: 2, cpuOperators: [] });
    expect(placement.warnings).toEqual([]);
  });

  it('says nothing when the lines hold no node', () => {
    expect(placementFromProfile(['[', 'some other text', '{"cat" : "Node", broken', ']'], 'webgpu', 1)).toBeNull();
  });
});

describe('placement by probe, when the runtime prints no profile', () => {
  const subject = (refuses: boolean) => ({
    open: async ({ refuseCpu }: { refuseCpu?: boolean }) => {
      if (refuseCpu && refuses) throw new Error('assigned to the default CPU EP');
      return { takeProfile: async () => [], close: async () => {} };
    },
    run: async () => 1,
  });

  it('a session that refuses CPU nodes and opens has all nodes on the GPU', async () => {
    const { outcome, warnings, method } = await findPlacement(12, subject(false));
    expect(outcome).toEqual({ provider: 'webgpu', nodes: 12, nodesOnGpu: 12, cpuOperators: [] });
    expect(warnings).toEqual([]);
    expect(method).toMatch(/disable_cpu_ep_fallback/);
  });

  it('one that does not open has some on the CPU, unknown which', async () => {
    const { outcome, warnings } = await findPlacement(12, subject(true));
    expect(outcome.cpuOperators).toHaveLength(1);
    expect(warnings[0]!.name).toBe('cpu-nodes');
  });
});
