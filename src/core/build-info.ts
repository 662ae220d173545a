// What this build is, put in by the bundler; in a test or an unbuilt run it says so.

interface Build extends BuildInfo {
  /** Exact versions of the runtimes bundled or loaded by this build. */
  readonly runtimes: Readonly<Record<string, string>>;
  /** Version of the npm package `webgpu`, which carries Dawn. */
  readonly dawn: string;
}

export interface BuildInfo {
  readonly version: string;
  readonly commit: string | null;
  readonly dirty: boolean;
}

declare const __FLEETMARK_BUILD__: Build;

const build: Build =
  typeof __FLEETMARK_BUILD__ === 'undefined'
    ? { version: 'unbuilt', commit: null, dirty: true, runtimes: {}, dawn: 'unbuilt' }
    : __FLEETMARK_BUILD__;

export const buildInfo: BuildInfo = { version: build.version, commit: build.commit, dirty: build.dirty };
export const runtimeVersions = build.runtimes;
export const dawnVersion = build.dawn;
