/**
 * A time that comes after all that are there, whatever the clock says: what was written last has to be the newest also
 * where the clock went back. All in Unix milliseconds.
 */
export function afterAll(times: readonly number[], now: number): number {
  return times.reduce((latest, time) => Math.max(latest, time + 1), now);
}
