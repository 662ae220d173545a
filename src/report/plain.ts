// A number as people write it, to four digits. Knows no unit.

export function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}
