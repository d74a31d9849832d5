import { html, nothing, type TemplateResult } from 'lit';
import { type CurveAxis, curveAxis } from '#schemas/domain/comparison.ts';
import type { RunDetails } from '#schemas/domain/run.ts';
import { getRun, trackerLink } from '#schemas/protocol/experiments.ts';
import { copyText, openExternal, type PanelState, saveArtifact, saveFile } from '#schemas/protocol/webview.ts';
import { announce } from '../shared/announce.ts';
import { PageElement } from '../shared/element.ts';
import { format, formatDuration } from '../shared/format.ts';
import { type Host, isAborted, type VsCodeApi } from '../shared/host.ts';
import { iconButton, statusLabel } from '../shared/icons.ts';
import { describeError, errorNotice, loadingBar, warningList } from '../shared/notices.ts';
import type { PanelRoot } from '../shared/panel.ts';
import { tabBar } from '../shared/tabs.ts';
import { ViewStore } from '../shared/view-store.ts';
import { datasetList, fact, modelList } from './details-lists.ts';
import { keyValueTable } from './key-values.ts';
import { type RunPanelView, runPanelView } from './view.ts';

type RunState = Extract<PanelState, { panel: 'run' }>;

const noteTag = 'mlflow.note.content';

/** All there is to know of one run. */
export class RunPanel extends PageElement implements PanelRoot<'run'> {
  static override properties = {
    state: { state: true },
    view: { state: true },
    details: { state: true },
    link: { state: true },
    revision: { state: true },
    error: { state: true },
    message: { state: true },
    startError: { state: true },
  };

  host: Host | null = null;
  store: ViewStore<typeof runPanelView> | null = null;
  state: RunState | null = null;
  view: RunPanelView = runPanelView.parse({});
  details: RunDetails | null = null;
  /** The run's own page in its tracker. */
  link: string | null = null;
  revision = 0;
  error: unknown = null;
  message = '';
  startError: { error: unknown; retry: () => void } | null = null;
  #load: AbortController | null = null;

  connect(host: Host, api: VsCodeApi): void {
    this.host = host;
    this.store = new ViewStore(api, runPanelView);
    this.view = this.store.load();
    window.addEventListener('pagehide', () => this.store?.flush());
    document.addEventListener('visibilitychange', () => this.store?.flush());
  }

  show(state: RunState): void {
    this.state = state;
    this.startError = null;
    this.details = null;
    this.link = null;
    this.#remember({});
    void this.#read();
  }

  dataChanged(): void {
    void this.#read();
  }

  failed(error: unknown, retry: () => void): void {
    this.startError = { error, retry };
  }

  async #read(): Promise<void> {
    const { host, state } = this;
    if (!host || !state) return;
    this.#load?.abort();
    const aborter = new AbortController();
    this.#load = aborter;
    const { folder, run } = state;
    try {
      this.details = await host.request(getRun, { folder, run }, aborter.signal);
      this.revision += 1;
      this.error = null;
      if (this.link === null) {
        const { experimentId } = this.details.run;
        const params = { folder, tracker: run.tracker, experimentId, runId: run.runId };
        this.link = (await host.request(trackerLink, params, aborter.signal)).url;
      }
    } catch (error) {
      if (!aborter.signal.aborted && !isAborted(error)) this.error = error;
    }
  }

  #remember(change: Partial<RunPanelView>): void {
    this.view = { ...this.view, ...change };
    if (this.state) this.store?.save(this.state, this.view);
  }

  protected override render(): TemplateResult {
    if (this.startError) return errorNotice('The run can’t be shown', this.startError.error, this.startError.retry);
    const { details } = this;
    if (!details) {
      if (this.error) return errorNotice('The run can’t be read', this.error, () => void this.#read());
      return loadingBar('Loading the run');
    }
    return html`
      ${this.#header(details)} ${warningList(details.warnings)}
      <div class="run-tabs">${this.#tabs(details)} ${this.#controls()}</div>
      <div
        class="run-main"
        role="tabpanel"
        id="tab-panel"
        aria-labelledby="tab-${this.view.tab}"
        @view-change=${(event: CustomEvent<Partial<RunPanelView>>) => this.#remember(event.detail)}
        @chart-save=${(event: HTMLElementEventMap['chart-save']) => this.#try((host) => host.request(saveFile, event.detail))}
        @artifact-save=${(event: CustomEvent<{ path: string }>) => this.#saveArtifact(event.detail.path)}
      >
        ${this.#main(details)}
      </div>
      ${this.#footer()}
    `;
  }

  #header({ run, userId, artifactUri }: RunDetails): TemplateResult {
    const { startTime, endTime } = run;
    const now = Date.now();
    const ended = endTime ?? (run.status === 'RUNNING' ? now : null);
    const note = run.tags[noteTag];
    return html`<header class="run-head">
      <div class="run-title">
        <h1>${run.name || run.id}</h1>
        ${statusLabel(run.status)} ${run.lifecycleStage === 'deleted' ? html`<span class="badge">Deleted</span>` : nothing}
        ${
          this.link
            ? iconButton({ icon: 'link-external', label: 'Open in the tracker', onClick: () => this.#openLink() })
            : nothing
        }
        ${iconButton({ icon: 'refresh', label: 'Refresh', onClick: () => void this.#read() })}
      </div>
      <dl class="facts run-facts">
        ${fact('Experiment', run.experiment)}
        ${startTime === null ? nothing : fact('Started', `${format.dateTime(startTime)} (${format.ago(startTime, now)})`)}
        ${startTime === null || ended === null ? nothing : fact(endTime === null ? 'Running for' : 'Duration', formatDuration(ended - startTime))}
        ${userId ? fact('User', userId) : nothing} ${fact('Run ID', run.id, this.#copy)}
        ${artifactUri ? fact('Artifacts', artifactUri, this.#copy) : nothing}
      </dl>
      ${note ? html`<div class="note" tabindex="0" role="region" aria-label="Note">${note}</div>` : nothing}
    </header>`;
  }

  #tabs({ run, metrics, datasets, loggedModels }: RunDetails): TemplateResult {
    const counted = (label: string, count: number) => `${label} ${format.count(count)}`;
    return tabBar({
      label: 'Parts of the run',
      selected: this.view.tab,
      tabs: [
        { id: 'metrics', label: counted('Metrics', metrics.length) },
        { id: 'params', label: counted('Params', Object.keys(run.params).length) },
        { id: 'tags', label: counted('Tags', Object.keys(run.tags).length) },
        { id: 'datasets', label: counted('Datasets', datasets.length) },
        { id: 'models', label: counted('Models', loggedModels.length) },
        { id: 'artifacts', label: 'Artifacts' },
      ],
      onSelect: (tab) => this.#remember({ tab, search: '' }),
    });
  }

  #controls(): TemplateResult | typeof nothing {
    const { tab, search, metric } = this.view;
    if (tab !== 'metrics' && tab !== 'params' && tab !== 'tags') return nothing;
    return html`<input
        type="text"
        class="text-input run-search"
        placeholder="Search"
        aria-label="Search ${tab}"
        .value=${search}
        @input=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) this.#remember({ search: event.target.value });
        }}
      />${tab === 'metrics' && metric !== null ? this.#chartControls() : nothing}`;
  }

  #chartControls(): TemplateResult {
    const { axis, smoothing, logScale } = this.view;
    const axes: readonly [CurveAxis, string][] = [
      ['step', 'Step'],
      ['time', 'Time'],
      ['relative', 'Relative time'],
    ];
    return html`<label class="control"
        >Axis
        <select
          @change=${(event: Event) => {
            if (!(event.target instanceof HTMLSelectElement)) return;
            this.#remember({ axis: curveAxis.parse(event.target.value), range: null });
          }}
        >
          ${axes.map(([id, label]) => html`<option value=${id} ?selected=${id === axis}>${label}</option>`)}
        </select>
      </label>
      <label class="control"
        >Smoothing
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          .value=${String(smoothing)}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) this.#remember({ smoothing: event.target.valueAsNumber });
          }}
        /><span class="tabular control-value">${smoothing.toFixed(2)}</span>
      </label>
      <label class="check">
        <input type="checkbox" .checked=${logScale} @change=${() => this.#remember({ logScale: !logScale })} /> Log scale
      </label>`;
  }

  #main({ run, metrics, datasets, loggedModels }: RunDetails): TemplateResult {
    const { view, state } = this;
    switch (view.tab) {
      case 'metrics':
        return html`<metrics-view
          .host=${this.host}
          .folder=${state?.folder ?? ''}
          .ref=${state?.run ?? { tracker: '', runId: '' }}
          .run=${run}
          .metrics=${metrics}
          .view=${view}
          .revision=${this.revision}
        ></metrics-view>`;
      case 'params':
        return this.#keyValues('Params', Object.entries(run.params));
      case 'tags':
        return this.#keyValues('Tags', Object.entries(run.tags));
      case 'datasets':
        return datasetList(datasets, this.#copy);
      case 'models':
        return modelList(loggedModels, this.#copy);
      case 'artifacts':
        return html`<artifacts-view
          .host=${this.host}
          .folder=${state?.folder ?? ''}
          .ref=${state?.run ?? { tracker: '', runId: '' }}
          .artifact=${view.artifact}
          .openFolders=${view.openFolders}
          .revision=${this.revision}
        ></artifacts-view>`;
    }
  }

  /** Tags that a person set come before those that MLflow did. */
  #keyValues(label: string, entries: readonly (readonly [string, string])[]): TemplateResult {
    const own = (key: string) => Number(key.startsWith('mlflow.'));
    const sorted = entries.toSorted(([a], [b]) => own(a) - own(b) || format.compareText(a, b));
    return keyValueTable({
      entries: sorted,
      search: this.view.search,
      label,
      none: `No ${label.toLowerCase()}`,
      onCopy: this.#copy,
    });
  }

  #footer(): TemplateResult | typeof nothing {
    const error = this.error ? describeError(this.error) : null;
    if (error) {
      return html`<footer class="footer footer-error" role="alert">${error.message} ${error.remedy ?? ''}</footer>`;
    }
    return this.message ? html`<footer class="footer muted">${this.message}</footer>` : nothing;
  }

  #copy = (text: string): void => {
    void this.#try(async (host) => {
      await host.request(copyText, { text });
      this.message = 'Copied.';
      announce('Copied');
    });
  };

  #openLink(): void {
    const { link } = this;
    if (link) void this.#try((host) => host.request(openExternal, { url: link }));
  }

  #saveArtifact(path: string): void {
    const { state } = this;
    if (!state) return;
    void this.#try((host) => host.request(saveArtifact, { folder: state.folder, run: state.run, path }));
  }

  async #try(action: (host: Host) => Promise<unknown>): Promise<void> {
    if (!this.host) return;
    try {
      await action(this.host);
    } catch (error) {
      if (isAborted(error)) return;
      const { message, remedy } = describeError(error);
      this.message = remedy ? `${message} ${remedy}` : message;
      announce(this.message);
    }
  }
}

customElements.define('run-panel', RunPanel);
