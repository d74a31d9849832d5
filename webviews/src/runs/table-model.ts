import {
  type TableColumn,
  type TableQuery,
  type TableSort,
  tableColumns,
  tableWindow,
} from '#schemas/protocol/experiments.ts';
import type { PanelState } from '#schemas/protocol/webview.ts';
import { type Host, HostFailure, isAborted } from '../shared/host.ts';
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
  /** Rows could not be read anew; what is shown may be old. */
  staleError: unknown = null;
  readonly #host: Host;
  readonly #onChange: () => void;
  #state: RunsState;
  #choices: QueryChoices;
  #sort: readonly TableSort[];
  #load: AbortController | null = null;
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

  get query(): TableQuery {
    return this.#queryOf(this.#choices);
  }

  #queryOf(choices: QueryChoices): TableQuery {
    const { folder, tracker, experimentIds } = this.#state;
    return { folder, tracker, experimentIds, view: 'active', ...choices };
  }

  /** Reads another query. It takes the place of the old one when it is answered; true where it was. */
  async choose(choices: QueryChoices): Promise<boolean> {
    this.#load?.abort();
    const aborter = new AbortController();
    this.#load = aborter;
    this.loading = true;
    this.filterError = '';
    this.#onChange();
    try {
      const answer = await this.#host.request(tableColumns, this.#queryOf(choices), aborter.signal);
      this.#accept(choices, answer);
      return true;
    } catch (error) {
      if (aborter.signal.aborted || isAborted(error)) return false;
      this.#refuse(choices, error);
      return false;
    } finally {
      if (this.#load === aborter) {
        this.loading = false;
        this.#onChange();
      }
    }
  }

  sortBy(sort: readonly TableSort[]): void {
    this.#sort = sort;
    this.windows.reset(this.windows.total);
    this.#onChange();
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
