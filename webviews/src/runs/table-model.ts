import type { RunRef } from '#schemas/domain/run.ts';
import {
  type TableColumn,
  type TableQuery,
  type TableSort,
  tableColumns,
  tableWindow,
  trackerLink,
} from '#schemas/protocol/experiments.ts';
import type { PanelState } from '#schemas/protocol/webview.ts';
import type { Host } from '../shared/host.ts';
import { HostFailure, isAborted } from '../shared/host-failure.ts';
import { LatestRequest } from '../shared/latest-request.ts';
import { defaultColumns, extendDefaults } from './columns.ts';
import { RowWindows } from './row-windows.ts';
import type { RunsPanelView } from './view.ts';

export type RunsState = Extract<PanelState, { panel: 'runs' }>;

type QueryChoices = Pick<RunsPanelView, 'filter' | 'starredOnly' | 'showHidden'>;

/** The data of the runs table: one query, its columns, the rows in sight. Tells of each change by `onChange`. */
export class TableModel {
  readonly windows: RowWindows;
  columns: readonly TableColumn[] = [];
  /** The columns shown while nobody chose any. */
  defaults: readonly string[] = [];
  /** True until the first answer and while a new query is on its way. */
  loading = true;
  /** Nothing could be read at all. */
  error: unknown = null;
  /** The filter was refused; what was shown before still is. */
  filterError = '';
  /** Whether the tracker has pages of its own. Until that is known it is taken to have them. */
  hasPages = true;
  /** Rows could not be read anew; what is shown may be old. */
  staleError: unknown = null;
  readonly #host: Host;
  readonly #onChange: () => void;
  #state: RunsState;
  #choices: QueryChoices;
  #sort: readonly TableSort[];
  readonly #choosing = new LatestRequest();
  #everLoaded = false;

  constructor(options: { host: Host; state: RunsState; view: RunsPanelView; onChange: () => void }) {
    this.#host = options.host;
    this.#state = options.state;
    this.#onChange = options.onChange;
    const { filter, starredOnly, showHidden, sort } = options.view;
    this.#choices = { filter, starredOnly, showHidden };
    this.#sort = sort;
    this.windows = new RowWindows({
      fetch: ({ signal, ...range }) =>
        options.host.request(
          tableWindow,
          { ...this.query, ...range, columns: [...range.columns], sort: [...this.#sort] },
          signal,
        ),
      onChange: () => {
        this.staleError = null;
        this.#onChange();
      },
      onError: (error) => {
        this.staleError = error;
        this.#onChange();
      },
    });
  }

  /** Asks whether the tracker has pages; where it can't say, trying to open one will tell. */
  async askForPages(): Promise<void> {
    const { folder, tracker, experimentIds } = this.#state;
    const experimentId = experimentIds[0] ?? '0';
    const asked = this.#host.request(trackerLink, { folder, tracker, experimentId, runId: null });
    this.hasPages = await asked.then(({ url }) => url !== null).catch(() => true);
  }

  get query(): TableQuery {
    return this.#queryOf(this.#choices);
  }

  #queryOf(choices: QueryChoices): TableQuery {
    const { folder, tracker, experimentIds } = this.#state;
    return { folder, tracker, experimentIds, view: 'active', ...choices };
  }

  /** Reads another query. It takes the place of the old one when it is answered; true where it was. */
  async choose(choices: QueryChoices): Promise<boolean> {
    this.loading = true;
    this.filterError = '';
    this.#onChange();
    const outcome = await this.#choosing.ask((signal) =>
      this.#host.request(tableColumns, this.#queryOf(choices), signal),
    );
    this.loading = this.#choosing.isPending;
    if (outcome && 'value' in outcome) this.#accept(choices, outcome.value);
    else if (outcome) this.#refuse(choices, outcome.error);
    if (!this.loading) this.#onChange();
    return outcome !== null && 'value' in outcome;
  }

  sortBy(sort: readonly TableSort[]): void {
    this.#sort = sort;
    this.windows.reset(this.windows.total);
    this.#onChange();
  }

  /** The runs of the rows `from … to`, at most 500 of them: those that were read, and the others read for it. */
  async refsBetween(from: number, to: number): Promise<readonly RunRef[]> {
    const rows = Array.from({ length: to - from + 1 }, (_, offset) => this.windows.row(from + offset)?.ref);
    const known = rows.filter((ref) => ref !== undefined);
    if (known.length === rows.length) return known;
    const range = { start: from, count: rows.length, columns: [], sort: [...this.#sort] };
    const answer = await this.#host.request(tableWindow, { ...this.query, ...range });
    return answer.rows.map(({ ref }) => ref);
  }

  /** Reads everything anew, with the old in sight until the new is there. */
  async refresh(): Promise<void> {
    if (!this.#everLoaded) {
      await this.choose(this.#choices);
      return;
    }
    this.windows.refresh();
    try {
      const { columns } = await this.#host.request(tableColumns, this.query);
      this.columns = columns;
      this.defaults = extendDefaults(this.defaults, columns);
      this.#onChange();
    } catch (error) {
      if (isAborted(error)) return;
      this.staleError = error;
      this.#onChange();
    }
  }

  #accept(choices: QueryChoices, { columns, total }: { columns: readonly TableColumn[]; total: number }): void {
    this.#choices = choices;
    this.columns = columns;
    this.defaults = this.#everLoaded ? extendDefaults(this.defaults, columns) : defaultColumns(columns);
    this.error = null;
    this.staleError = null;
    this.#everLoaded = true;
    this.windows.reset(total);
  }

  #refuse(choices: QueryChoices, error: unknown): void {
    if (error instanceof HostFailure && error.reason === 'input' && choices.filter !== '') {
      this.filterError = error.remedy ? `${error.message} ${error.remedy}` : error.message;
    } else if (this.#everLoaded) {
      this.staleError = error;
    } else {
      this.error = error;
    }
  }
}
