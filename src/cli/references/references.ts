// Adds native upper references to a finished run: PyTorch to one of peers, llama-bench to one of a GGUF file. They run
// after the sessions, not among them; a machine without them gets one line that says so.
import { spawnSync } from 'node:child_process';
import { listPeerCases, parsePeerCase } from '../../../kernels/peer-cases.ts';
import type { Params } from '../../core/case-id.ts';
import { messageOf } from '../../core/errors.ts';
import { fromLlamaBench } from '../../results/import/llama-bench.ts';
import { fromPytorch } from '../../results/import/pytorch.ts';
import type { ResultFile, Row } from '../../results/schema.ts';
import timeOps from './time-ops.py?raw';

const LIMIT_MS = 300_000;

/** A program with its arguments → what it printed. Throws with its error's text. */
export type RunProgram = (name: string, args: readonly string[]) => string;

/** Rows to add, and a line for stderr about each reference that is not there. */
export interface Added {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** For a run that timed peers. Never throws: a reference is an extra. */
export function peerReferences(file: ResultFile, run: RunProgram = runProgram): Added {
  const shapes = shapesIn(file);
  if (shapes.length === 0) return { rows: [], notes: [] };
  try {
    const { rows, absent } = fromPytorch(run('python3', ['-c', timeOps, JSON.stringify(shapes)]));
    return { rows, notes: absent.map((reason) => `no upper reference: ${reason}`) };
  } catch (error) {
    return { rows: [], notes: [`no upper reference: ${lastLine(error)}`] };
  }
}

/** For a run of a local GGUF file: the same prompt and generation lengths that llama-bench takes by default. */
export function llamaBenchReferences(modelPath: string, run: RunProgram = runProgram): Added {
  try {
    const text = run('llama-bench', ['-m', modelPath, '-o', 'json']);
    const imported = fromLlamaBench(text, 'llama-bench', { id: 'reference', sessionId: 'reference' });
    const rows = imported.sessions.flatMap((session) => session.rows);
    return { rows: rows.map((row) => ({ ...row, facts: { ...row.facts, upperReference: true } })), notes: [] };
  } catch (error) {
    return { rows: [], notes: [`no upper reference: ${lastLine(error)}`] };
  }
}

/** The peers' shapes that this file holds. */
function shapesIn(file: ResultFile): { operation: string; params: Params }[] {
  const known = new Set(listPeerCases().map(({ id }) => id));
  const ids = file.sessions.flatMap(({ rows }) => rows.map(({ id }) => id)).filter((id) => known.has(id));
  const shapes = new Map(ids.map((id) => [id.slice(id.indexOf('/', 'peer/'.length)), parsePeerCase(id).shape]));
  return [...shapes.values()].map(({ operation, params }) => ({ operation, params }));
}

/** Of a traceback, the line that says what is wrong. */
function lastLine(error: unknown): string {
  return messageOf(error).trim().split('\n').at(-1)!;
}

function runProgram(name: string, args: readonly string[]): string {
  const ended = spawnSync(name, args, { encoding: 'utf8', timeout: LIMIT_MS, maxBuffer: 2 ** 26 });
  if (ended.error) {
    const { code } = ended.error as NodeJS.ErrnoException;
    throw new Error(code === 'ENOENT' ? `${name} is not on the PATH` : ended.error.message);
  }
  if (ended.status !== 0) throw new Error(ended.stderr.trim() || `${name} ended with ${ended.status ?? ended.signal}`);
  return ended.stdout;
}
