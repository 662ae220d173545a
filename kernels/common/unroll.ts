// Repeats or leaves out marked lines of a shader, so that the elements of a register tile have a name each. WGSL itself cannot: an array
// of accumulators stays in memory where the compiler does not unroll (SwiftShader: 4 times slower). Knows no family.

const FOR = /^\s*\/\/! (?:for ([a-z]) in 0\.\.|if )([A-Z0-9_]+)$/;
const END = /^\s*\/\/! end$/;

/**
 * Repeats the lines between `//! for r in 0..ROWS` and its `//! end` with `$r` replaced by 0, 1 … ROWS − 1; keeps those behind
 * `//! if NAME` where the count is 1 and drops them where it is 0. Nests. A bound is a number or a name in `counts`. Throws on an unknown bound and on a loop that is not closed.
 */
export function unroll(source: string, counts: Readonly<Record<string, number>>): string {
  const lines = source.split('\n');
  const { text, next } = expand(lines, 0, counts);
  if (next < lines.length) throw new Error(`unroll: line ${next + 1} ends no loop`);
  return text.join('\n');
}

/** Expands from line `start` to the end of the enclosing loop, or of the source; `next` is the line that stopped it. */
function expand(
  lines: readonly string[],
  start: number,
  counts: Readonly<Record<string, number>>,
): { text: string[]; next: number } {
  const text: string[] = [];
  let at = start;
  for (; at < lines.length && !END.test(lines[at]!); at++) {
    const loop = FOR.exec(lines[at]!);
    if (!loop) {
      text.push(lines[at]!);
      continue;
    }
    const [, name, bound] = loop as unknown as [string, string | undefined, string];
    const count = counts[bound] ?? Number(bound);
    if (!Number.isInteger(count)) throw new Error(`unroll: line ${at + 1} names no known count: ${bound}`);
    const body = expand(lines, at + 1, counts);
    if (body.next === lines.length) throw new Error(`unroll: the loop of line ${at + 1} has no end`);
    for (let i = 0; i < count; i++) {
      text.push(...(name ? body.text.map((line) => line.replaceAll(`$${name}`, `${i}`)) : body.text));
    }
    at = body.next;
  }
  return { text, next: at };
}
