// Where the CPU twin finds tables, scalars and factors, and what all sites of a scenario share. Knows no arithmetic.
import { FACTORS, type Factor } from '../../src/core/rollout.ts';
import { HEADER_NAMES, type PackedRollout } from './layout.ts';

/** Where tables, scalars and factors lie, as plain fields: names looked up in the inner loop would take most of its time. */
export class Places {
  readonly normal: number;
  readonly directory: number;
  readonly table: Readonly<Record<string, number>>;
  readonly header: Readonly<Record<(typeof HEADER_NAMES)[number], number>>;
  readonly z: Readonly<Record<Factor, number>>;

  constructor({ at, ints }: PackedRollout) {
    this.normal = at.NORMAL!;
    this.directory = at.DIRECTORY!;
    this.table = at;
    this.header = Object.fromEntries(HEADER_NAMES.map((name, i) => [name, ints[i]!])) as Places['header'];
    this.z = Object.fromEntries(FACTORS.map((name, i) => [name, i])) as Places['z'];
  }
}

/** What all sites of a scenario share. */
export interface Shared {
  readonly gpus: number;
  readonly midpoint: number;
  readonly mix: readonly [0, number, number];
  readonly middleMix: number;
  readonly olderPower: number;
  readonly middlePower: number;
  readonly newerPower: number;
  readonly lpxPower: number;
  readonly sitePower: number;
  readonly level: number;
  readonly spare: number;
  readonly pace: number;
  readonly spectrum: number;
  readonly drift: number;
  readonly racks: number;
  readonly older: number;
  readonly middle: number;
  readonly newer: number;
  readonly attached: number;
}
