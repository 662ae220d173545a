// Metadata keys of one architecture, read by what they must be. A wrong one is a UserError that names the file, the key and
// its value.
import { UserError } from '../../src/core/errors.ts';
import type { GgufFile, MetadataValue } from './header.ts';

/** Larger than any number a decoder's shape holds, and small enough that products of two are exact. */
const LARGEST_COUNT = 2 ** 24;

export class Metadata {
  private readonly file: GgufFile;
  private readonly prefix: string;

  constructor(file: GgufFile, architecture: string) {
    this.file = file;
    this.prefix = architecture;
  }

  value(key: string): MetadataValue | undefined {
    return this.file.metadata.get(`${this.prefix}.${key}`);
  }

  count(key: string, absent?: number, largest = LARGEST_COUNT): number {
    const value = this.value(key) ?? absent;
    const number = typeof value === 'bigint' ? Number(value) : value;
    const fits = typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= largest;
    return fits ? number : this.refuseValue(key, value, `a whole number from 1 to ${largest}`);
  }

  positive(key: string, absent?: number): number {
    const value = this.value(key) ?? absent;
    // f32 in the file: 1e-5 comes as 9.99999974e-6, and is meant as 1e-5.
    const fits = typeof value === 'number' && Number.isFinite(value) && value > 0;
    return fits ? Number(value.toPrecision(7)) : this.refuseValue(key, value, 'a number above 0');
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    return value === undefined || typeof value === 'string' ? value : this.refuseValue(key, value, 'a string');
  }

  refuse(what: string): never {
    throw new UserError(`${this.file.source.name}: ${what}`);
  }

  private refuseValue(key: string, value: MetadataValue | undefined, allowed: string): never {
    const found = value === undefined ? 'is missing' : `is ${shown(value)}`;
    this.refuse(`${this.prefix}.${key} ${found}; it must be ${allowed}`);
  }
}

function shown(value: MetadataValue): string {
  return typeof value === 'object' ? `a list of ${value.length}` : String(value).slice(0, 80);
}
