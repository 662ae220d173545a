// What this build is, put in by the bundler; in a test or an unbuilt run it says so.

export interface BuildInfo {
  readonly version: string;
  readonly commit: string | null;
  readonly dirty: boolean;
}

declare const __FLEETMARK_BUILD__: BuildInfo;

export const buildInfo: BuildInfo =
  typeof __FLEETMARK_BUILD__ === 'undefined' ? { version: 'unbuilt', commit: null, dirty: true } : __FLEETMARK_BUILD__;
