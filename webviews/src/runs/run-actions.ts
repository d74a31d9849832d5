import type { RunRef } from '#schemas/domain/run.ts';
import { exportTable, getRun, markRuns, trackerLink } from '#schemas/protocol/experiments.ts';
import { copyText, openCompare, openExternal, openRun, pickSaveFile } from '#schemas/protocol/webview.ts';
import { attempt } from '../shared/attempt.ts';
import { format } from '../shared/format.ts';
import type { Host } from '../shared/host.ts';
import { mostCompared } from './selection.ts';
import type { RunsState, TableModel } from './table-model.ts';
import type { RunsPanelView } from './view.ts';

interface RunActionsOptions {
  readonly host: Host;
  readonly state: RunsState;
  readonly model: TableModel;
  /** Says what an action did, or why it did not. */
  readonly tell: (text: string, isError?: boolean) => void;
}

/** What a person does with runs of the table. None of it throws: what failed is told. */
export class RunActions {
  readonly #options: RunActionsOptions;

  constructor(options: RunActionsOptions) {
    this.#options = options;
  }

  open(run: RunRef): Promise<void> {
    return this.#try(async ({ host, state: { folder } }) => {
      await host.request(openRun, { folder, run });
    });
  }

  compare(runs: readonly RunRef[]): Promise<void> {
    return this.#try(async ({ host, state: { folder }, tell }) => {
      if (runs.length < 2) {
        tell('Select two or more runs to compare them.', true);
        return;
      }
      if (runs.length > mostCompared) {
        tell(`At most ${mostCompared} runs are compared at once; ${format.count(runs.length)} are selected.`, true);
        return;
      }
      await host.request(openCompare, { folder, runs: [...runs] });
    });
  }

  copyId({ runId }: RunRef): Promise<void> {
    return this.#try(async ({ host, tell }) => {
      await host.request(copyText, { text: runId });
      tell('Copied.');
    });
  }

  mark(run: RunRef, marks: { starred?: boolean; hidden?: boolean }): Promise<void> {
    return this.#try(async ({ host, state: { folder }, model }) => {
      await host.request(markRuns, { folder, runs: [run], ...marks });
      await model.refresh();
    });
  }

  openInTracker({ tracker, runId }: RunRef): Promise<void> {
    return this.#try(async ({ host, state: { folder, experimentIds }, tell }) => {
      const [only, ...others] = experimentIds;
      const experimentId =
        only !== undefined && others.length === 0
          ? only
          : (await host.request(getRun, { folder, run: { tracker, runId } })).run.experimentId;
      const { url } = await host.request(trackerLink, { folder, tracker, experimentId, runId });
      if (url) await host.request(openExternal, { url });
      else tell('This store is on disk: it has no page of its own.');
    });
  }

  /** Writes the whole query with the columns shown to a file that the person chooses. */
  export(columns: readonly string[], sort: RunsPanelView['sort']): Promise<void> {
    return this.#try(async ({ host, state: { title }, model, tell }) => {
      const { path } = await host.request(pickSaveFile, { suggestedName: `${title}-runs.csv` });
      if (!path) return;
      const ids = [...new Set(['attribute.id', ...columns])];
      const written = await host.request(exportTable, { ...model.query, columns: ids, sort, path });
      tell(`Wrote ${format.count(written.rows)} runs to ${written.path}.`);
    });
  }

  #try(action: (options: RunActionsOptions) => Promise<void>): Promise<void> {
    return attempt(
      () => action(this.#options),
      (text) => this.#options.tell(text, true),
    );
  }
}
