// Laws of prompt and output lengths, as text and as samples. Whole tokens, at least one (or exactly zero when fixed at 0).
import { UserError } from '../../core/errors.ts';
import type { Rng } from '../../core/rng.ts';

export type LengthLaw =
  | { readonly kind: 'fixed'; readonly tokens: number }
  | { readonly kind: 'geometric'; readonly mean: number }
  /** Log-normal by its mean and its coefficient of variation. */
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'uniform'; readonly lo: number; readonly hi: number };

const FORMS = 'N, geometric:MEAN, lognormal:MEAN:CV or uniform:LO:HI';
const MOST_TOKENS = 1e7;

/** `1024`, `geometric:300`, `lognormal:300:0.8`, `uniform:100:500`. A UserError names flag, text and the forms. */
export function parseLengthLaw(flag: string, text: string): LengthLaw {
  const [kind, ...rest] = text.split(':');
  const [a, b] = rest.map(Number);
  const law = lawOf(kind!, rest.length, a ?? Number.NaN, b ?? Number.NaN);
  if (law) return law;
  throw new UserError(`${flag} ${text}: lengths are ${FORMS}, in tokens from 1 to ${MOST_TOKENS}`);
}

function lawOf(kind: string, parts: number, a: number, b: number): LengthLaw | null {
  if (parts === 0 && whole(Number(kind))) return { kind: 'fixed', tokens: Number(kind) };
  if (kind === 'geometric' && parts === 1 && a >= 1 && a <= MOST_TOKENS) return { kind, mean: a };
  if (kind === 'lognormal' && parts === 2 && a >= 1 && a <= MOST_TOKENS && b > 0 && b <= 10)
    return { kind, mean: a, cv: b };
  if (kind === 'uniform' && parts === 2 && whole(a) && whole(b) && a <= b) return { kind, lo: a, hi: b };
  return null;
}

function whole(tokens: number): boolean {
  return Number.isInteger(tokens) && tokens >= 1 && tokens <= MOST_TOKENS;
}

export function meanLength(law: LengthLaw): number {
  if (law.kind === 'fixed') return law.tokens;
  return law.kind === 'uniform' ? (law.lo + law.hi) / 2 : law.mean;
}

export function sampleLength(law: LengthLaw, rng: Rng): number {
  switch (law.kind) {
    case 'fixed':
      return law.tokens;
    case 'geometric':
      // Inverse of P[X > n] = (1 − 1/mean)^n on 1, 2, …; a mean of 1 is always 1.
      return law.mean === 1 ? 1 : 1 + Math.floor(Math.log(1 - rng.uniform()) / Math.log1p(-1 / law.mean));
    case 'lognormal': {
      const variance = Math.log1p(law.cv ** 2);
      return Math.max(1, Math.round(law.mean * Math.exp(Math.sqrt(variance) * rng.normal() - variance / 2)));
    }
    case 'uniform':
      return law.lo + Math.floor(rng.uniform() * (law.hi - law.lo + 1));
  }
}
