// Brings a file of an older format to the current one, one step a version. Format 1 is the first, so there is no step yet.
// A step is pure, knows only its own two formats, and comes with a fixture testdata/vN.json of the format it leaves.

/** A file as JSON.parse gave it. Steps see it before the schema does. */
export type RawFile = Readonly<Record<string, unknown>>;
/** From format N to N + 1, without the version number itself. */
export type UpgradeStep = (file: RawFile) => RawFile;

/** The step from format N stands at index N - 1. */
export const UPGRADE_STEPS: readonly UpgradeStep[] = [];

/** Applies every step from the file's own version on. A file of the newest version comes back as it is. */
export function upgradeFile(file: RawFile, steps: readonly UpgradeStep[] = UPGRADE_STEPS): RawFile {
  const version = file.schemaVersion;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return file;
  return steps
    .slice(version - 1)
    .reduce<RawFile>((older, step, i) => ({ ...step(older), schemaVersion: version + i + 1 }), file);
}
