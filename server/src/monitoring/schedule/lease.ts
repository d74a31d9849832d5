import { randomUUID } from 'node:crypto';
import { openStateDatabase, type StateDatabase } from '../../platform/state-database.ts';

/** How long a lease lasts that nobody renews: so long nothing runs after its holder died. */
export const leaseMs = 60_000;

/**
 * A row in `.mlops/state.db` that one of several processes holds at a time, by whom it is renewed before it ends. Fails as the
 * database does.
 */
export class Lease {
  readonly #database: StateDatabase;
  readonly #name: string;
  readonly #holder = randomUUID();

  /** `folder`: the absolute path of the workspace folder. */
  constructor(folder: string, name: string) {
    this.#database = openStateDatabase(folder);
    this.#name = name;
  }

  /** Takes it where it is free, or renews it; false while somebody else has it. `now`: Unix milliseconds. */
  hold(now: number): boolean {
    const database = this.#database.forWriting();
    const { changes } = this.#database.run(() =>
      database
        .prepare(
          // One that ends later than any could was taken by a clock that went wrong.
          `INSERT INTO leases (name, holder, expires_at) VALUES (:name, :holder, :expires)
           ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
           WHERE holder = excluded.holder OR expires_at <= :now OR expires_at > :now + 2 * :length`,
        )
        .run({ name: this.#name, holder: this.#holder, expires: now + leaseMs, now, length: leaseMs }),
    );
    return Number(changes) > 0;
  }

  /** Lets others have it at once. */
  release(): void {
    const database = this.#database.forReading();
    if (database === null) return;
    this.#database.run(() =>
      database.prepare('DELETE FROM leases WHERE name = ? AND holder = ?').run(this.#name, this.#holder),
    );
  }

  close(): void {
    this.#database.close();
  }
}
