// Keys of a config.json, read by what they must be. A wrong one is a UserError that names the file, the key and its value.
import { UserError } from '../../src/core/errors.ts';

/** Larger than any number a decoder's shape holds, and small enough that products of two are exact. */
const LARGEST_COUNT = 2 ** 24;

/** Layers and experts are drawn up one by one; a hostile config must not make that a million. */
const LARGEST_OF: Readonly<Record<string, number>> = {
  num_hidden_layers: 1024,
  num_experts: 4096,
  num_local_experts: 4096,
};

/** One JSON object. `null` counts as absent. */
export class ConfigFields {
  private readonly fields: Readonly<Record<string, unknown>>;
  private readonly at: string;

  constructor(json: unknown, at: string) {
    if (!isObject(json)) throw new UserError(`${at}: must be a JSON object`);
    this.fields = json;
    this.at = at;
  }

  value(key: string): unknown {
    return Object.hasOwn(this.fields, key) ? (this.fields[key] ?? undefined) : undefined;
  }

  has(key: string): boolean {
    return this.value(key) !== undefined;
  }

  text(key: string): string {
    const value = this.value(key);
    return typeof value === 'string' ? value : this.refuseValue(key, value, 'a string');
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.value(key) ?? absent;
    return typeof value === 'boolean' ? value : this.refuseValue(key, value, 'true or false');
  }

  count(key: string, absent?: number): number {
    const value = this.value(key) ?? absent;
    const largest = LARGEST_OF[key] ?? LARGEST_COUNT;
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largest;
    return fits ? value : this.refuseValue(key, value, `a whole number from 1 to ${largest}`);
  }

  positive(key: string, absent?: number): number {
    const value = this.value(key) ?? absent;
    const fits = typeof value === 'number' && Number.isFinite(value) && value > 0;
    return fits ? value : this.refuseValue(key, value, 'a number above 0');
  }

  object(key: string): ConfigFields | null {
    const value = this.value(key);
    return value === undefined ? null : new ConfigFields(value, `${this.at}: ${key}`);
  }

  list(key: string): readonly unknown[] {
    const value = this.value(key) ?? [];
    return Array.isArray(value) ? value : this.refuseValue(key, value, 'a list');
  }

  firstArchitecture(): string | null {
    const first = this.list('architectures')[0];
    return typeof first === 'string' ? first : null;
  }

  /** Refuses any value of a key but the one, or its absence. */
  allow(key: string, only: string | number | boolean | null): void {
    const value = this.value(key);
    if (value === undefined || value === only) return;
    const supported = only === null ? 'none' : only;
    this.refuse(`${key} ${shortJson(value)} is not supported. Supported: ${supported}`);
  }

  refuse(what: string): never {
    throw new UserError(`${this.at}: ${what}`);
  }

  private refuseValue(key: string, value: unknown, allowed: string): never {
    this.refuse(`${key} ${value === undefined ? 'is missing' : `is ${shortJson(value)}`}; it must be ${allowed}`);
  }
}

function shortJson(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
