// Values in base units → text. The only place that scales a unit. Digits follow the interval, where there is one.

type Unit = 'ns' | 'bytes' | 'bytes/s' | 'FLOP' | 'FLOP/s' | 'tokens/s' | 'tokens/J' | 'J' | 'W' | '1';

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'];
const TIMES: readonly (readonly [number, string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** An operation takes far less than a joule. */
const ENERGIES: readonly (readonly [number, string])[] = [
  [1e-3, 'mJ'],
  [1e-6, 'µJ'],
  [1e-9, 'nJ'],
];

const MOST_DECIMALS = 20;
/** By number of decimals, grouped from five digits on (`1877`, `12,345`): making one costs far more than formatting with it. */
const FORMATS = Array.from({ length: MOST_DECIMALS + 1 }, (_, decimals) => {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat('en-US', { ...digits, useGrouping: 'min2' });
});

/** e.g. `290 µs`, `59.2 TFLOP/s`, `1.01 GB/s`, `142 tok/s`. Non-finite values are a bug of the caller and throw. */
export function formatQuantity(value: number, unit: Unit, significant = 3): string {
  if (!Number.isFinite(value)) throw new RangeError(`cannot show ${value} ${unit}`);
  const [scale, name] = scaleOf(value, unit);
  return `${formatNumber(value / scale, significant)}${name === '' ? '' : ` ${name}`}`;
}

/** A median with its interval in one common scale: `142 tok/s [140, 144]`. Without an interval, the value alone. */
export function formatWithInterval(value: number, interval: { lo: number; hi: number } | null, unit: Unit): string {
  if (!interval) return formatQuantity(value, unit);
  const [scale, name] = scaleOf(value, unit);
  const decimals = decimalsFor(value / scale, digitsFor(value, interval.hi - interval.lo));
  // Ungrouped: beside the comma between two bounds, one inside a number misleads.
  const [middle, lo, hi] = [value, interval.lo, interval.hi].map((x) => (x / scale).toFixed(decimals));
  return `${middle}${name === '' ? '' : ` ${name}`} [${lo}, ${hi}]`;
}

const MONEY = ['', ' k', ' M', ' B', ' T'];

/** Dollars as a person writes them: `$6.80`, `$45 k`, `$300 B`. */
export function formatMoney(dollars: number): string {
  if (!Number.isFinite(dollars)) throw new RangeError(`cannot show ${dollars} dollars`);
  const size = Math.abs(dollars);
  const power = size < 1e4 ? 0 : Math.min(MONEY.length - 1, Math.floor(Math.log10(size) / 3));
  return `$${formatNumber(dollars / 1000 ** power, 3)}${MONEY[power]}`;
}

/** `12.3 %`; small shares keep two significant digits. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 ? percent.toFixed(0) : formatNumber(percent, 2)} %`;
}

/** Seconds as a person says them: `8 s`, `2 min 5 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `1 case`, `12 cases`. `several`: the word for more than one, where it takes more than an s. */
export function counted(count: number, word: string, several = `${word}s`): string {
  return `${count} ${count === 1 ? word : several}`;
}

/** Significant digits, 2 to 5, so that the interval's width has two: the last one shown is a tenth of it or less. */
function digitsFor(value: number, width: number): number {
  if (width <= 0 || value === 0) return 5;
  const digits = Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(width)) + 2;
  return Math.min(5, Math.max(2, digits));
}

function formatNumber(value: number, significant: number): string {
  return value === 0 ? '0' : withDecimals(value, decimalsFor(value, significant));
}

function decimalsFor(value: number, significant: number): number {
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return Math.min(MOST_DECIMALS, Math.max(0, significant - 1 - magnitude));
}

function withDecimals(value: number, decimals: number): string {
  return FORMATS[decimals]!.format(value);
}

function scaleOf(value: number, unit: Unit): readonly [number, string] {
  const size = Math.abs(value);
  if (unit === '1') return [1, ''];
  if (unit === 'ns') return TIMES.find(([scale]) => size >= scale) ?? [1, 'ns'];
  if (unit === 'J' && size < 1) return ENERGIES.find(([scale]) => size >= scale) ?? [1e-9, 'nJ'];
  if (unit === 'tokens/s' && size < 1e5) return [1, 'tok/s'];
  if (unit === 'tokens/J') return [1, 'tok/J'];
  const power = size < 1 ? 0 : Math.min(DECIMAL.length - 1, Math.floor(Math.log10(size) / 3));
  const base = { bytes: 'B', 'bytes/s': 'B/s', FLOP: 'FLOP', 'FLOP/s': 'FLOP/s', 'tokens/s': 'tok/s', J: 'J', W: 'W' }[
    unit
  ];
  return [1000 ** power, `${DECIMAL[power]}${base}`];
}
