// Which of the runtimes a case id may name compute on the CPU. Lists no runtimes: models/decoder-cases.ts does.

const CPU_RUNTIMES: readonly string[] = ['ort-wasm', 'wllama'];

/** True for a runtime that never touches the GPU, so that its rows are held to no roof of it. */
export function isCpuRuntime(runtime: string): boolean {
  return CPU_RUNTIMES.includes(runtime);
}

/** The runtime in the id of a case of a model, of a model file or of llama-bench; null for any other id. */
export function runtimeOfCase(id: string): string | null {
  return /^(?:model|file|llama-bench)\/([^/:]+)\//.exec(id)?.[1] ?? null;
}
