import type { AuditEntry, AuditVerdict } from '#schemas/domain/audit.ts';
import { auditFacets, exportAudit, listAudit, verifyAudit } from '#schemas/protocol/models.ts';
import type { ResultOf } from '#schemas/protocol/request.ts';
import type { PanelState } from '#schemas/protocol/webview.ts';
import type { Host } from '../shared/host.ts';
import { isAborted } from '../shared/host-failure.ts';
import { LatestRequest } from '../shared/latest-request.ts';
import { EntryPages } from './entry-pages.ts';
import { rangeOf } from './period.ts';
import type { AuditFilter } from './view.ts';

export type AuditState = Extract<PanelState, { panel: 'audit' }>;

/** The data of the audit log's panel: entries that fit, what there is to choose from, whether the log is whole. */
export class AuditModel {
  readonly pages: EntryPages;
  filter: AuditFilter;
  facets: ResultOf<typeof auditFacets> = { actors: [], actions: [], models: [] };
  /** Null until it was verified. */
  verdict: AuditVerdict | null = null;
  /** Why it could not be verified. */
  verdictError: unknown = null;
  loading = true;
  /** Nothing could be read at all. */
  error: unknown = null;
  /** Entries could not be read anew; what is shown may be old. */
  staleError: unknown = null;
  readonly #host: Host;
  readonly #state: AuditState;
  readonly #onChange: () => void;
  readonly #choosing = new LatestRequest();
  readonly #verifying = new LatestRequest();
  #everLoaded = false;

  constructor(options: { host: Host; state: AuditState; filter: AuditFilter; onChange: () => void }) {
    this.#host = options.host;
    this.#state = options.state;
    this.#onChange = options.onChange;
    this.filter = options.filter;
    this.pages = new EntryPages({
      fetch: (range, signal) => this.#host.request(listAudit, { ...this.#query, ...range }, signal),
      onChange: () => {
        this.staleError = null;
        this.#onChange();
      },
      onError: (error) => this.#refuse(error),
    });
  }

  get #query() {
    const { period, from, to, ...named } = this.filter;
    return { folder: this.#state.folder, ...named, ...rangeOf({ period, from, to }, Date.now()) };
  }

  /** Reads the entries that fit; true where they are there. Another call takes the place of one that is under way. */
  async choose(filter: AuditFilter): Promise<boolean> {
    this.filter = filter;
    this.loading = true;
    this.#onChange();
    const outcome = await this.#choosing.ask((signal) => this.pages.open(signal));
    this.loading = this.#choosing.isPending;
    const isThere = outcome !== null && 'value' in outcome;
    if (isThere) [this.error, this.staleError, this.#everLoaded] = [null, null, true];
    else if (outcome) this.#refuse(outcome.error);
    if (!this.loading) this.#onChange();
    return isThere;
  }

  /** Reads and verifies everything anew, with the old in sight until the new is there. */
  async refresh(): Promise<void> {
    await Promise.all([this.choose(this.filter), this.#readFacets(), this.verify()]);
  }

  async verify(): Promise<void> {
    const { folder } = this.#state;
    const outcome = await this.#verifying.ask((signal) => this.#host.request(verifyAudit, { folder }, signal));
    if (!outcome) return;
    this.verdict = 'value' in outcome ? outcome.value : null;
    this.verdictError = 'error' in outcome ? outcome.error : null;
    this.#onChange();
  }

  /** The entry that shows first that the log is not what was written, counted from the newest; null where none is there. */
  rowOf(seq: number, { entries }: Pick<AuditVerdict, 'entries'>): number | null {
    if (this.pages.total === 0) return null;
    return Math.min(this.pages.total - 1, Math.max(0, entries - seq));
  }

  async export(format: 'csv' | 'json', path: string): Promise<number> {
    return (await this.#host.request(exportAudit, { ...this.#query, format, path })).entries;
  }

  async #readFacets(): Promise<void> {
    try {
      this.facets = await this.#host.request(auditFacets, { folder: this.#state.folder });
      this.#onChange();
    } catch {
      // The lists to choose from stay as they were; what failed is told where the entries are.
    }
  }

  #refuse(error: unknown): void {
    if (isAborted(error)) return;
    if (this.#everLoaded) this.staleError = error;
    else this.error = error;
    this.#onChange();
  }
}

/** An entry as it is copied: all of it, as JSON. */
export function entryText(entry: AuditEntry): string {
  return JSON.stringify(entry, null, 2);
}
