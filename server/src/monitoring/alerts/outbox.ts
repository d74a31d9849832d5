import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type AlertNotice, alertNotice } from '#schemas/domain/alert-notice.ts';
import { type OutboxEntry, outboxEntry } from '#schemas/domain/alert-outbox.ts';
import type { StateDatabase } from '../../platform/state-database.ts';

/** A notice that this process alone may send until the lease ends. */
export interface Claim {
  readonly position: number;
  readonly lease: string;
  readonly notice: AlertNotice;
  /** With this one. */
  readonly attempts: number;
}

/** Longer than any attempt to send takes. */
export const leaseMs = 90_000;
/** What waits for longer was put off by a clock that went back since. */
const longestWaitMs = 24 * 3_600_000;
const keptSentMs = 7 * 24 * 3_600_000;
const keptFailedMs = 90 * 24 * 3_600_000;

/**
 * Notices on their way, in `.mlops/state.db`. A notice is claimed before it is sent, so that of several processes one sends it;
 * one whose process died is claimed anew when its lease has ended. Those of a group go in their order. Times are Unix
 * milliseconds. Calls fail with `busy` where the disk is full, and as {@link StateDatabase} does.
 */
export class Outbox {
  readonly #database: StateDatabase;

  constructor(database: StateDatabase) {
    this.#database = database;
  }

  /** Within a transaction of the caller's. What still waits and says the same as a repeat makes it superfluous. */
  put(notices: readonly AlertNotice[], monitor: string, now: number): void {
    const database = this.#database.forWriting();
    const waiting = database.prepare(
      "SELECT 1 FROM alert_outbox WHERE channel = ? AND group_key = ? AND state = 'waiting'",
    );
    const outdated = database.prepare(
      `DELETE FROM alert_outbox WHERE channel = ? AND group_key = ? AND state = 'waiting' AND kind = 'refresh'
       AND leased_until <= ?`,
    );
    const insert = database.prepare(
      `INSERT INTO alert_outbox (id, monitor, channel, group_key, kind, notice, created_at, due_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
    );
    for (const notice of notices) {
      const { id, channel, group, kind } = notice;
      if (kind === 'repeat' && waiting.get(channel, group)) continue;
      outdated.run(channel, group, now);
      insert.run(id, monitor, channel, group, kind, JSON.stringify(notice), now);
    }
    database
      .prepare(
        "DELETE FROM alert_outbox WHERE (state = 'sent' AND ended_at < ?) OR (state = 'failed' AND ended_at < ?)",
      )
      .run(now - keptSentMs, now - keptFailedMs);
  }

  /** Channels that something waits for. */
  waitingChannels(): readonly string[] {
    return this.#read((database) =>
      database.prepare("SELECT DISTINCT channel FROM alert_outbox WHERE state = 'waiting'").all(),
    ).map(({ channel }) => String(channel));
  }

  /** The next notice of a channel that is due, for this process alone; null where none is. */
  claim(channel: string, { now, paceMs }: { readonly now: number; readonly paceMs: number }): Claim | null {
    const database = this.#database.forWriting();
    return this.#database.transaction(() => {
      const at = { $channel: channel, $now: now };
      const wait = notBefore(database, channel) - now;
      if (wait > 0 && wait <= longestWaitMs) return null;
      const lease = randomUUID();
      const row = database
        .prepare(
          `UPDATE alert_outbox SET lease = $lease, leased_until = $now + $leaseMs, attempts = attempts + 1
           WHERE position = (
             SELECT min(position) FROM ${heads}
             WHERE (due_at <= $now OR due_at > $now + $longest)
               AND (leased_until <= $now OR leased_until > $now + $leaseMs)
           )
           RETURNING position, notice, attempts`,
        )
        .get({ ...at, $lease: lease, $leaseMs: leaseMs, $longest: longestWaitMs });
      if (!row) return null;
      holdChannel(database, channel, now + paceMs);
      const notice = alertNotice.parse(JSON.parse(String(row.notice)));
      return { position: Number(row.position), lease, notice, attempts: Number(row.attempts) };
    });
  }

  /** When the next notice of a channel is due, claimed ones when their lease ends; null where none waits. */
  nextDue(channel: string): number | null {
    const [row] = this.#read((database) =>
      database
        .prepare(
          `SELECT max(
             min(max(due_at, leased_until)),
             coalesce((SELECT not_before FROM alert_channels WHERE channel = $channel), 0)
           ) AS due FROM ${heads}`,
        )
        .all({ $channel: channel }),
    );
    return typeof row?.due === 'number' ? row.due : null;
  }

  /** False where the lease was lost meanwhile. */
  finish(claim: Claim, now: number): boolean {
    return this.#end(claim, { state: 'sent', error: null, now });
  }

  /** It will never get through: it is kept, and not tried again unless a person says so. */
  fail(claim: Claim, error: string, now: number): boolean {
    return this.#end(claim, { state: 'failed', error, now });
  }

  /** To be tried again at `at`; with `wholeChannel`, nothing else is sent there before. */
  putOff(claim: Claim, next: { readonly at: number; readonly error: string; readonly wholeChannel: boolean }): void {
    const database = this.#database.forWriting();
    this.#database.transaction(() => {
      database
        .prepare(
          'UPDATE alert_outbox SET due_at = ?, error = ?, lease = NULL, leased_until = 0 WHERE position = ? AND lease = ?',
        )
        .run(next.at, next.error, claim.position, claim.lease);
      if (next.wholeChannel) holdChannel(database, claim.notice.channel, next.at);
    });
  }

  /** As if it was never claimed. */
  release({ position, lease }: Claim): void {
    const database = this.#database.forWriting();
    this.#database.run(() =>
      database
        .prepare(
          'UPDATE alert_outbox SET lease = NULL, leased_until = 0, attempts = attempts - 1 WHERE position = ? AND lease = ?',
        )
        .run(position, lease),
    );
  }

  /** What failed waits again, due now. Answers how many. */
  retryFailed(now: number): number {
    const database = this.#database.forReading();
    if (database === null) return 0;
    const { changes } = this.#database.run(() =>
      database
        .prepare(
          "UPDATE alert_outbox SET state = 'waiting', due_at = ?, ended_at = NULL, attempts = 0 WHERE state = 'failed'",
        )
        .run(now),
    );
    return Number(changes);
  }

  /** Newest last. */
  list(): readonly OutboxEntry[] {
    const rows = this.#read((database) =>
      database
        .prepare(
          `SELECT id, monitor, channel, kind, state, attempts, error, created_at, due_at, ended_at FROM alert_outbox
           ORDER BY position`,
        )
        .all(),
    );
    return rows.map(outboxEntryOf);
  }

  #end(
    { position, lease }: Claim,
    { state, error, now }: { readonly state: 'sent' | 'failed'; readonly error: string | null; readonly now: number },
  ): boolean {
    const database = this.#database.forWriting();
    const { changes } = this.#database.run(() =>
      database
        .prepare(
          'UPDATE alert_outbox SET state = ?, error = ?, ended_at = ?, lease = NULL, leased_until = 0 WHERE position = ? AND lease = ?',
        )
        .run(state, error, now, position, lease),
    );
    return Number(changes) === 1;
  }

  #read(work: (database: DatabaseSync) => Record<string, unknown>[]) {
    const database = this.#database.forReading();
    return database === null ? [] : this.#database.run(() => work(database));
  }
}

/** The first notice of each group of a channel: the others wait for it. */
const heads = `(
  SELECT min(position) AS position, due_at, leased_until FROM alert_outbox
  WHERE channel = $channel AND state = 'waiting' GROUP BY group_key
)`;

function holdChannel(database: DatabaseSync, channel: string, until: number): void {
  database
    .prepare(
      `INSERT INTO alert_channels (channel, not_before) VALUES (?, ?)
       ON CONFLICT (channel) DO UPDATE SET not_before = excluded.not_before`,
    )
    .run(channel, until);
}

function notBefore(database: DatabaseSync, channel: string): number {
  return Number(
    database.prepare('SELECT not_before AS at FROM alert_channels WHERE channel = ?').get(channel)?.at ?? 0,
  );
}

function outboxEntryOf(row: Record<string, unknown>): OutboxEntry {
  const { id, monitor, channel, kind, state, attempts, error, created_at, due_at, ended_at } = row;
  return outboxEntry.parse({
    id,
    monitor,
    channel,
    kind,
    state,
    attempts,
    error,
    createdAt: created_at,
    dueAt: state === 'waiting' ? due_at || created_at : null,
    endedAt: ended_at,
  });
}
