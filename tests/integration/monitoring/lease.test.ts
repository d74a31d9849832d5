import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Lease, leaseMs } from '#server/monitoring/schedule/lease.ts';

const now = 1_800_000_000_000;

async function leases(): Promise<[Lease, Lease]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-lease-'));
  const both: [Lease, Lease] = [new Lease(folder, 'schedules'), new Lease(folder, 'schedules')];
  onTestFinished(async () => {
    for (const lease of both) lease.close();
    await rm(folder, { recursive: true, force: true });
  });
  return both;
}

it('is held by one at a time, for as long as it is renewed', async () => {
  const [one, other] = await leases();
  expect(one.hold(now)).toBe(true);
  expect(other.hold(now + 1)).toBe(false);
  expect(one.hold(now + leaseMs - 1)).toBe(true);
  expect(other.hold(now + leaseMs)).toBe(false);
});

it('is taken over when its holder died, and not given back when that one comes to life again', async () => {
  const [one, other] = await leases();
  one.hold(now);
  expect(other.hold(now + leaseMs)).toBe(true);
  expect(one.hold(now + leaseMs + 1)).toBe(false);
});

it('is free at once where its holder lets go, which does nothing to another’s', async () => {
  const [one, other] = await leases();
  one.release();
  one.hold(now);
  other.release();
  expect(other.hold(now + 1)).toBe(false);
  one.release();
  expect(other.hold(now + 1)).toBe(true);
});

it('does not wait for a time that a wrong clock wrote', async () => {
  const [one, other] = await leases();
  one.hold(now + 365 * 86_400_000);
  expect(other.hold(now)).toBe(true);
});

it('has a name of its own', async () => {
  const [one] = await leases();
  const folder = await mkdtemp(join(tmpdir(), 'mlops-lease-'));
  const elsewhere = new Lease(folder, 'others');
  onTestFinished(async () => {
    elsewhere.close();
    await rm(folder, { recursive: true, force: true });
  });
  expect([one.hold(now), elsewhere.hold(now)]).toEqual([true, true]);
});
