import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import {
  checkDrift,
  type DriftSummary,
  type DriftTarget,
  driftColumnDetails,
  driftColumns,
  exportDrift,
  mostDriftColumns,
  type ShownDriftColumn,
} from '#schemas/protocol/drift.ts';
import type { PanelState } from '#schemas/protocol/webview.ts';
import type { Host } from '../shared/host.ts';
import { HostFailure, isAborted } from '../shared/host-failure.ts';
import { LatestRequest } from '../shared/latest-request.ts';

export type DriftState = Extract<PanelState, { panel: 'drift' }>;

/** Columns whose samples are kept. */
const mostKept = 40;

export interface ShownDetails {
  readonly column: string;
  readonly timeColumn: string | null;
  readonly whole: boolean;
}

type Outcome = { readonly details: DriftDetails } | { readonly error: unknown } | 'loading';

/** The data of the drift panel: one check, its columns, and both samples of the column that is looked at. */
export class DriftModel {
  readonly target: DriftTarget;
  readonly check: string;
  summary: DriftSummary | null = null;
  columns: readonly ShownDriftColumn[] = [];
  phase: 'checking' | 'done' | 'failed' | 'cancelled' = 'checking';
  error: unknown = null;
  progress: { readonly message: string; readonly percentage: number | null } | null = null;
  outcome: Outcome | null = null;
  #shown: ShownDetails | null = null;
  #running: AbortController | null = null;
  readonly #host: Host;
  readonly #folder: string;
  readonly #onChange: () => void;
  readonly #reading = new LatestRequest();
  readonly #kept = new Map<string, DriftDetails>();

  constructor(options: { host: Host; folder: string; target: DriftTarget; check: string; onChange: () => void }) {
    this.#host = options.host;
    this.#folder = options.folder;
    this.target = options.target;
    this.check = options.check;
    this.#onChange = options.onChange;
  }

  /** The column whose samples are shown, or are on their way. */
  get shown(): ShownDetails | null {
    return this.#shown;
  }

  /** Makes the check, or takes what the server has of it; true where it is there. */
  async start(): Promise<boolean> {
    const own = new AbortController();
    this.#running = own;
    [this.phase, this.error, this.progress] = ['checking', null, null];
    this.#onChange();
    try {
      const { check, target } = this;
      const summary = await this.#host.request(checkDrift, { folder: this.#folder, check, target }, own.signal);
      const columns = await this.#readColumns(summary.columns, own.signal);
      [this.summary, this.columns, this.phase] = [summary, columns, 'done'];
    } catch (error) {
      if (this.#running !== own) return false;
      // Also the editor calls off what it has no use for: whoever sees that may ask again.
      const calledOff = own.signal.aborted || isAborted(error);
      [this.phase, this.error] = calledOff ? ['cancelled', null] : ['failed', error];
    }
    this.#onChange();
    return this.phase === 'done';
  }

  cancel(): void {
    this.#running?.abort();
  }

  /** Nobody looks at it any more. */
  leave(): void {
    const running = this.#running;
    this.#running = null;
    running?.abort();
  }

  tellProgress(progress: DriftModel['progress']): void {
    this.progress = progress;
    if (this.phase === 'checking') this.#onChange();
  }

  /** Reads both samples of a column, where they were not read before. */
  async show(wanted: ShownDetails): Promise<void> {
    const key = JSON.stringify(wanted);
    this.#shown = wanted;
    const known = this.#kept.get(key);
    this.outcome = known ? { details: known } : 'loading';
    this.#onChange();
    const outcome = await this.#reading.ask((signal) =>
      known ? Promise.resolve(known) : this.#readDetails(wanted, signal),
    );
    if (!outcome) return;
    if ('error' in outcome) this.outcome = outcome;
    else {
      this.outcome = { details: outcome.value };
      this.#kept.set(key, outcome.value);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#onChange();
  }

  /** A column of which there is nothing to read: what is known of it says why. */
  showNothing(column: string): void {
    void this.#reading.ask(() => Promise.resolve(null));
    this.#shown = { column, timeColumn: null, whole: false };
    this.outcome = null;
    this.#onChange();
  }

  async export(file: {
    format: 'html' | 'csv';
    timeColumn: string | null;
    path: string;
  }): Promise<{ columns: number; charts: number }> {
    return this.#host.request(exportDrift, { folder: this.#folder, check: this.check, ...file });
  }

  async #readColumns(count: number, signal: AbortSignal): Promise<ShownDriftColumn[]> {
    const found: ShownDriftColumn[] = [];
    while (found.length < count) {
      const range = { start: found.length, count: mostDriftColumns };
      const { columns } = await this.#host.request(
        driftColumns,
        { folder: this.#folder, check: this.check, ...range },
        signal,
      );
      if (columns.length === 0) break;
      found.push(...columns);
    }
    return found;
  }

  async #readDetails(wanted: ShownDetails, signal: AbortSignal): Promise<DriftDetails> {
    const ask = () =>
      this.#host.request(driftColumnDetails, { folder: this.#folder, check: this.check, ...wanted }, signal);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HostFailure) || error.reason !== 'not-found') throw error;
      // The server was started anew and knows of no check: it is made again.
      const { check, target } = this;
      await this.#host.request(checkDrift, { folder: this.#folder, check, target }, signal);
      return ask();
    }
  }
}
