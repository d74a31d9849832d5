import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import { openStateDatabase, type StateDatabase } from '../../platform/state-database.ts';
import { type ActiveAlert, type AlertMemory, alertMemory, noMemory } from './alert-memory.ts';
import { Outbox } from './outbox.ts';

/** What is remembered of alerts, and the notices on their way, in `.mlops/state.db` of a folder. */
export class AlertStore {
  readonly outbox: Outbox;
  readonly #database: StateDatabase;

  /** `folder`: absolute, that of the workspace's configuration. */
  constructor(folder: string) {
    this.#database = openStateDatabase(folder);
    this.outbox = new Outbox(this.#database);
  }

  /**
   * Takes one step of a monitor's alerts and puts its notices into the outbox, all or nothing: another process takes its step
   * before or after. What `step` throws is thrown on, and nothing has changed. Fails with `busy` where the disk is full.
   */
  advance<T extends { readonly memory: AlertMemory; readonly notices: readonly AlertNotice[] }>(
    monitor: string,
    step: (memory: AlertMemory) => T,
  ): T {
    const database = this.#database.forWriting();
    return this.#database.transaction(() => {
      const row = database.prepare('SELECT memory FROM alert_memory WHERE monitor = ?').get(monitor);
      const result = step(row ? alertMemory.parse(JSON.parse(String(row.memory))) : noMemory);
      database
        .prepare(
          `INSERT INTO alert_memory (monitor, memory) VALUES (?, ?)
           ON CONFLICT (monitor) DO UPDATE SET memory = excluded.memory`,
        )
        .run(monitor, JSON.stringify(result.memory));
      this.outbox.put(result.notices, monitor, result.memory.at);
      return result;
    });
  }

  /** Whether anything was ever remembered of a monitor. */
  knows(monitor: string): boolean {
    const database = this.#database.forReading();
    if (database === null) return false;
    return this.#database.run(
      () => database.prepare('SELECT 1 FROM alert_memory WHERE monitor = ?').get(monitor) !== undefined,
    );
  }

  /** All alerts that wait or fire, by monitor. */
  active(): readonly { readonly monitor: string; readonly alert: ActiveAlert }[] {
    const database = this.#database.forReading();
    if (database === null) return [];
    const rows = this.#database.run(() =>
      database.prepare('SELECT monitor, memory FROM alert_memory ORDER BY monitor').all(),
    );
    return rows.flatMap(({ monitor, memory }) =>
      Object.values(alertMemory.parse(JSON.parse(String(memory))).active).map((alert) => ({
        monitor: String(monitor),
        alert,
      })),
    );
  }

  close(): void {
    this.#database.close();
  }
}
