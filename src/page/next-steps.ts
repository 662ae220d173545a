// What to do where WebGPU gives no adapter, by browser. Versions: each browser's release notes and MDN's compatibility table.

export interface NextSteps {
  readonly browser: string;
  readonly steps: readonly string[];
}

const STEPS: readonly (NextSteps & { readonly pattern: RegExp })[] = [
  {
    browser: 'Firefox',
    pattern: /Firefox\//,
    steps: [
      'WebGPU is on from version 141 on Windows and 145 on macOS; update first.',
      'On Linux use Firefox Nightly, or Chrome.',
      'In about:support, "Graphics" says whether the driver is blocked.',
    ],
  },
  {
    browser: 'Edge or Chrome',
    pattern: /Chrome\//,
    steps: [
      'Version 113 or newer on Windows and macOS, 121 on Android; update first.',
      'Settings → System → "Use graphics acceleration when available" must be on; then restart the browser.',
      'chrome://gpu says under "WebGPU" why it is off, and whether the driver is blocked.',
      'On Linux, start it with --enable-unsafe-webgpu --enable-features=Vulkan --use-angle=vulkan.',
      'To exercise the page without a GPU: --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.',
    ],
  },
  {
    browser: 'Safari',
    pattern: /Version\/.*Safari\//,
    steps: ['WebGPU is on from Safari 26 (macOS, iOS, iPadOS, visionOS).', 'On an older macOS use Chrome.'],
  },
];

/** All browsers, the one at hand first. */
export function nextSteps(userAgent: string): NextSteps[] {
  const own = STEPS.find(({ pattern }) => pattern.test(userAgent));
  return own ? [own, ...STEPS.filter((item) => item !== own)] : [...STEPS];
}
