// Joins result files: sessions of one device, build and plan become one file; what differs in any of these stays a file of
// its own. Nothing is averaged, and merging again what was merged changes nothing. Pure.
import { UserError } from '../core/errors.ts';
import type { ResultFile, Session } from './schema.ts';

export interface NamedFile {
  /** For messages. */
  readonly name: string;
  readonly file: ResultFile;
}

/**
 * One file a device, build and plan, in the order of first appearance, its sessions by time. The merged file takes id and
 * creation time of its oldest part. Throws a UserError when one session is told in two ways.
 */
export function mergeFiles(inputs: readonly NamedFile[]): ResultFile[] {
  const groups = new Map<string, NamedFile[]>();
  for (const input of inputs) {
    const key = mergeKey(input.file);
    groups.set(key, [...(groups.get(key) ?? []), input]);
  }
  return [...groups.values()].map(mergeGroup);
}

/** What must be equal for sessions to stand in one file: everything but how many sessions were asked for. */
function mergeKey({ tool, environment, plan }: ResultFile): string {
  return canonicalJson([tool, environment, { ...plan, nonDefault: withoutSessionCount(plan.nonDefault) }]);
}

type NonDefault = ResultFile['plan']['nonDefault'];

function withoutSessionCount(nonDefault: NonDefault): NonDefault {
  const { sessions: _sessions, preset: _preset, ...others } = nonDefault;
  return others;
}

function mergeGroup(group: readonly NamedFile[]): ResultFile {
  if (group.length === 1) return group[0]!.file;
  const [oldest] = group.map(({ file }) => file).sort((a, b) => compareText(a.createdAt, b.createdAt));
  const sessions = [...distinctSessions(group).values()].map(({ session }) => session);
  return {
    ...oldest!,
    plan: { ...oldest!.plan, nonDefault: withoutSessionCount(oldest!.plan.nonDefault) },
    sessions: sessions.sort((a, b) => compareText(a.startedAt, b.startedAt)),
  };
}

function distinctSessions(group: readonly NamedFile[]): Map<string, { name: string; session: Session }> {
  const found = new Map<string, { name: string; session: Session }>();
  for (const { name, file } of group) {
    for (const session of file.sessions) {
      const known = found.get(session.id);
      if (!known) found.set(session.id, { name, session });
      else if (canonicalJson(known.session) !== canonicalJson(session)) {
        throw new UserError(
          `session ${session.id} is told differently in ${known.name} and ${name}: one of them is partial or was edited. Leave that file out`,
        );
      }
    }
  }
  return found;
}

/** RFC 3339 times in UTC sort as text. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** JSON with sorted keys: equal content gives equal text, whatever wrote it. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => compareText(a, b)))
      : item,
  );
}
