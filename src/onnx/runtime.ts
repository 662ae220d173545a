// Loads onnxruntime-web on demand. The only file that imports it.

/** Runtime names and versions for the environment record. */
export async function listRuntimes(): Promise<Record<string, string>> {
  const { env } = await import('onnxruntime-web/webgpu');
  return { 'onnxruntime-web': env.versions.web ?? env.versions.common };
}
