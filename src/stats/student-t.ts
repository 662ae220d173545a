// Student's t distribution for any positive, also fractional, degrees of freedom: what Welch's interval needs.
// Written out here: the package the house would take (@stdlib/stats-base-dists-t-*) costs a page 43 kB gzipped, this one 1 kB.
import { normalCdf, normalQuantile } from '../core/normal.ts';

/** P[T ≤ t] with `degrees` > 0; Infinity gives the normal distribution. */
export function tCdf(t: number, degrees: number): number {
  if (degrees === Number.POSITIVE_INFINITY) return normalCdf(t);
  return t > 0 ? 1 - upperTail(t, degrees) : upperTail(-t, degrees);
}

/** Two-sided p-value, P[|T| ≥ |t|]; keeps its relative precision far out, where 1 − CDF would not. */
export function tTwoSided(t: number, degrees: number): number {
  if (degrees === Number.POSITIVE_INFINITY) return Math.min(1, 2 * normalCdf(-Math.abs(t)));
  return Math.min(1, 2 * upperTail(Math.abs(t), degrees));
}

/** t with P[T ≤ t] = p, 0 < p < 1: Newton's steps on the tail, kept inside a bracket that is halved when one leaves it. */
export function tQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1 && degrees > 0)) throw new RangeError(`t quantile of p=${p} with ${degrees} degrees of freedom`);
  if (degrees === Number.POSITIVE_INFINITY) return normalQuantile(p);
  if (p === 0.5) return 0;
  if (p < 0.5) return -tQuantile(1 - p, degrees);
  const tail = 1 - p;
  let [lo, hi] = [0, 1];
  while (upperTail(hi, degrees) > tail) [lo, hi] = [hi, 2 * hi];
  let t = (lo + hi) / 2;
  for (let step = 0; step < 100; step++) {
    const excess = upperTail(t, degrees) - tail;
    if (excess > 0) lo = t;
    else hi = t;
    const newton = t + excess / density(t, degrees);
    const next = newton > lo && newton < hi ? newton : (lo + hi) / 2;
    if (Math.abs(next - t) <= 1e-14 * Math.abs(t)) return next;
    t = next;
  }
  return t;
}

/** P[T ≥ t] for t ≥ 0: half the incomplete beta function (Abramowitz & Stegun 26.7.1). */
function upperTail(t: number, degrees: number): number {
  // t² / (ν + t²) is handed over as well: 1 − x would lose it for small t.
  return 0.5 * incompleteBeta(degrees / (degrees + t * t), (t * t) / (degrees + t * t), degrees / 2, 0.5);
}

function density(t: number, degrees: number): number {
  const logScale = logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - 0.5 * Math.log(degrees * Math.PI);
  return Math.exp(logScale - ((degrees + 1) / 2) * Math.log1p((t * t) / degrees));
}

/** Regularised incomplete beta I_x(a, b) with y = 1 − x, on the side where its continued fraction converges quickly. */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(y, x, b, a);
  const front = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y);
  return (Math.exp(front) / a) * betaFraction(x, a, b);
}

/** The continued fraction of DLMF 8.17.22, by the modified Lentz method (Thompson & Barnett 1986). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const coefficient of [even, odd]) {
      d = 1 / away(1 + coefficient * d);
      c = away(1 + coefficient / c);
      change = c * d;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) above 10, recurrence below. */
export function logGamma(x: number): number {
  let [shifted, product] = [x, 1];
  while (shifted < 10) product *= shifted++;
  const r = 1 / (shifted * shifted);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
