import betainc from '@stdlib/math-base-special-betainc';
import erfc from '@stdlib/math-base-special-erfc';
import gammainc from '@stdlib/math-base-special-gammainc';

/** P(Z > z) of the standard normal distribution, exact in its far tail too. */
export function normalAbove(z: number): number {
  return erfc(z / Math.SQRT2) / 2;
}

/** P(X > x) of the χ² distribution: the upper regularised incomplete gamma function. */
export function chiSquareAbove(x: number, degrees: number): number {
  if (degrees < 1) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return gammainc(x / 2, degrees / 2, true, true);
}

/** P(|T| > |t|) of Student's t distribution: I_{ν/(ν+t²)}(ν/2, 1/2). */
export function studentOutside(t: number, degrees: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  return betainc(degrees / (degrees + t * t), degrees / 2, 0.5, true, false);
}

/**
 * The limiting distribution of Cramér–von Mises' statistic, P(W² ≤ x): Anderson and Darling (1952), eq. 4.35, the series
 * in Bessel functions K_¼.
 */
export function cramerVonMisesBelow(x: number): number {
  let sum = 0;
  // Γ(k + ½) / Γ(k + 1), by its recurrence.
  let gammas = Math.sqrt(Math.PI);
  for (let k = 0; ; k += 1) {
    const y = 4 * k + 1;
    const term = (gammas / (Math.PI ** 1.5 * Math.sqrt(x))) * Math.sqrt(y) * dampedBesselQuarter((y * y) / (16 * x));
    sum += term;
    // As SciPy ends it: with a smaller bound the two would differ by what is left out.
    if (!(Math.abs(term) >= 1e-7)) return sum;
    gammas *= (k + 0.5) / (k + 1);
  }
}

/**
 * e^(−q)·K_¼(q) by the integral ∫₀^∞ e^(−q(1 + cosh t)) cosh(t/4) dt (DLMF 10.32.9). The integrand decays doubly
 * exponentially, so the trapezoidal rule is exact to rounding.
 */
function dampedBesselQuarter(q: number): number {
  const step = 1 / 64;
  let sum = Math.exp(-2 * q) / 2;
  for (let t = step; ; t += step) {
    const exponent = q * (1 + Math.cosh(t));
    if (exponent > 745) return sum * step;
    sum += Math.exp(-exponent) * Math.cosh(t / 4);
  }
}
