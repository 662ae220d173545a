// The binomial distribution: chances of counts, and the counts that chance alone explains. Numbers in, numbers out.

/** P[Binomial(n, p) = k] for k = 0…n, by logarithms so that n of many thousands does not underflow. */
export function binomialMass(n: number, p: number): Float64Array {
  const mass = new Float64Array(n + 1);
  let logMass = n * Math.log1p(-p);
  const logOdds = Math.log(p) - Math.log1p(-p);
  for (let k = 0; k <= n; k++) {
    mass[k] = Math.exp(logMass);
    logMass += Math.log((n - k) / (k + 1)) + logOdds;
  }
  return mass;
}

/** Fewest and most of n that a chance of p explains: beyond either end lies at most half of what `confidence` leaves. */
export function binomialRange(n: number, p: number, confidence = 0.95): readonly [least: number, most: number] {
  const mass = binomialMass(n, p);
  const tail = (1 - confidence) / 2;
  let [least, below] = [0, 0];
  while (least < n && below + mass[least]! <= tail) below += mass[least++]!;
  let [most, above] = [n, 0];
  while (most > 0 && above + mass[most]! <= tail) above += mass[most--]!;
  return [least, most];
}
