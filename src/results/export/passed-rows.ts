// What most export formats have room for: rows that passed, each with its file and session. Failed rows have no speed.
import type { Environment, ResultFile, Row, Session } from '../schema.ts';

export interface PassedRow {
  readonly file: ResultFile;
  readonly session: Session;
  readonly row: Row;
}

/** In the order of files, sessions and rows. */
export function passedRows(files: readonly ResultFile[]): PassedRow[] {
  return files.flatMap((file) =>
    file.sessions.flatMap((session) =>
      session.rows.filter((row) => row.state === 'ok').map((row) => ({ file, session, row })),
    ),
  );
}

/** What a person called the device, else what its browser does. */
export function deviceText({ label, adapter }: Environment): string {
  const { vendor, architecture, device, description } = adapter;
  const told = description || [vendor, architecture, device].filter((part) => part !== '').join(' ');
  return label ?? (told || 'unnamed');
}

/** `text` tells one file's cases; with several files the device stands before it, as these formats have no place for it. */
export function withDevice(files: readonly ResultFile[], { environment }: ResultFile, text: string): string {
  return files.length > 1 ? `${deviceText(environment)}/${text}` : text;
}
