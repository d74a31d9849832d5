import { html, nothing, type TemplateResult } from 'lit';
import { formatRunRef, type Run, type RunDetails } from '#schemas/domain/run.ts';
import { getRun, trackerLink } from '#schemas/protocol/experiments.ts';
import { copyText, openExternal, openRun, type PanelState, saveArtifact, saveFile } from '#schemas/protocol/webview.ts';
import { announce } from '../shared/announce.ts';
import { attempt } from '../shared/attempt.ts';
import { format } from '../shared/format.ts';
import type { Host } from '../shared/host.ts';
import { LatestRequest } from '../shared/latest-request.ts';
import { describeError, emptyNotice, errorNotice, loadingBar, warningList } from '../shared/notices.ts';
import { PanelElement } from '../shared/panel-element.ts';
import { tabBar } from '../shared/tabs.ts';
import { datasetList, modelList } from './details-lists.ts';
import { keyValueList } from './key-values.ts';
import { type KeyValue, matchingEntries } from './matching-entries.ts';
import { runHeader } from './run-header.ts';
import { tagsSection } from './tags-section.ts';
import { type RunPanelView, runPanelView } from './view.ts';

type RunState = Extract<PanelState, { panel: 'run' }>;

/** All there is to know of one run. */
export class RunPanel extends PanelElement<'run', typeof runPanelView> {
  static override properties = {
    details: { state: true },
    link: { state: true },
    revision: { state: true },
    error: { state: true },
    message: { state: true },
  };

  details: RunDetails | null = null;
  /** The run's own page in its tracker. */
  link: string | null = null;
  revision = 0;
  error: unknown = null;
  message = '';
  readonly #reading = new LatestRequest();
  #linkAsked = false;

  constructor() {
    super(runPanelView);
  }

  override show(state: RunState): void {
    const other = this.state && formatRunRef(this.state.run) !== formatRunRef(state.run);
    this.state = state;
    this.startError = null;
    this.error = null;
    this.details = null;
    this.link = null;
    this.remember(other ? { artifact: null, openFolders: [], range: null } : {});
    this.#linkAsked = false;
    void this.#read();
  }

  override dataChanged(): void {
    void this.#read();
  }

  async #read(): Promise<void> {
    const { host, state } = this;
    if (!host || !state) return;
    const { folder, run } = state;
    const outcome = await this.#reading.ask((signal) => host.request(getRun, { folder, run }, signal));
    if (!outcome) return;
    this.error = 'error' in outcome ? outcome.error : null;
    if ('error' in outcome) return;
    this.details = outcome.value;
    this.revision += 1;
    if (!this.#linkAsked) void this.#readLink(state, outcome.value);
  }

  /** Without a link the page lacks a button and nothing else. */
  async #readLink(state: RunState, details: RunDetails): Promise<void> {
    const { host } = this;
    if (!host) return;
    this.#linkAsked = true;
    const { folder, run } = state;
    const params = { folder, tracker: run.tracker, experimentId: details.run.experimentId, runId: run.runId };
    const { url } = await host.request(trackerLink, params).catch(() => ({ url: null }));
    if (state === this.state) this.link = url;
  }

  protected override render(): TemplateResult {
    const { details } = this;
    if (this.startError || !details) return html`<h1 class="visually-hidden">Run</h1>${this.#withoutDetails()}`;
    return html`
      ${this.#header(details)} ${warningList(details.warnings)}
      <div class="run-tabs">${this.#tabs(details)} ${this.#search()}</div>
      <div
        class="run-main"
        role="tabpanel"
        id="tab-panel"
        aria-labelledby="tab-${this.view.tab}"
        @view-change=${(event: CustomEvent<Partial<RunPanelView>>) => this.remember(event.detail)}
        @chart-save=${(event: HTMLElementEventMap['chart-save']) => this.#try((host) => host.request(saveFile, event.detail))}
        @copy-text=${(event: CustomEvent<{ text: string }>) => this.#copy(event.detail.text)}
        @artifact-save=${(event: CustomEvent<{ path: string }>) => this.#saveArtifact(event.detail.path)}
      >
        ${this.#main(details)}
      </div>
      ${this.#footer()}
    `;
  }

  #withoutDetails(): TemplateResult {
    if (this.startError) return errorNotice('The run can’t be shown', this.startError.error, this.startError.retry);
    if (this.error) return errorNotice('The run can’t be read', this.error, () => void this.#read());
    return loadingBar('Loading the run');
  }

  #header(details: RunDetails): TemplateResult {
    const { link, state } = this;
    return runHeader({
      details,
      now: Date.now(),
      onOpenLink: link === null ? null : () => void this.#try((host) => host.request(openExternal, { url: link })),
      onOpenRun: (runId) => {
        if (!state) return;
        const { folder, run } = state;
        void this.#try((host) => host.request(openRun, { folder, run: { tracker: run.tracker, runId } }));
      },
      onRefresh: () => void this.#read(),
      onCopy: this.#copy,
    });
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
      onSelect: (tab) => this.remember({ tab, search: '' }),
    });
  }

  #search(): TemplateResult | typeof nothing {
    const { tab, search } = this.view;
    if (tab !== 'metrics' && tab !== 'params' && tab !== 'tags') return nothing;
    return html`<input
      type="text"
      class="text-input run-search"
      placeholder="Filter"
      aria-label="Filter ${tab}"
      .value=${search}
      @input=${({ target }: Event) => {
        if (target instanceof HTMLInputElement) this.remember({ search: target.value });
      }}
    />`;
  }

  #main({ run, artifactUri, metrics, datasets, loggedModels }: RunDetails): TemplateResult {
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
        return this.#params(run.params);
      case 'tags':
        return this.#tags(run.tags);
      case 'datasets':
        return datasetList(datasets, this.#copy);
      case 'models':
        return modelList(loggedModels, this.#copy);
      case 'artifacts':
        return html`<artifacts-view
          .host=${this.host}
          .folder=${state?.folder ?? ''}
          .ref=${state?.run ?? { tracker: '', runId: '' }}
          .uri=${artifactUri}
          .artifact=${view.artifact}
          .openFolders=${view.openFolders}
          .revision=${this.revision}
        ></artifacts-view>`;
    }
  }

  #params(params: Run['params']): TemplateResult {
    const entries = sorted(params);
    if (entries.length === 0) {
      return emptyNotice({
        icon: 'settings',
        title: 'No params',
        detail: 'They appear as soon as training calls mlflow.log_param or autologging does.',
      });
    }
    const shown = matchingEntries(entries, this.view.search);
    return shown.length > 0
      ? keyValueList(shown, this.#copy)
      : emptyNotice({ icon: 'search', title: 'No param matches' });
  }

  #tags(tags: Run['tags']): TemplateResult {
    const { search, systemTagsOpen } = this.view;
    return tagsSection({
      tags: sorted(tags),
      search,
      systemOpen: systemTagsOpen,
      onSystemOpen: (open) => this.remember({ systemTagsOpen: open }),
      onCopy: this.#copy,
    });
  }

  #footer(): TemplateResult | typeof nothing {
    const error = this.error ? describeError(this.error) : null;
    if (error) {
      return html`<footer class="footer footer-error" role="alert">
        ${error.message} ${error.remedy ?? ''}
        <button type="button" class="link-button" @click=${() => void this.#read()}>Try again</button>
      </footer>`;
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

  #saveArtifact(path: string): void {
    const { state } = this;
    if (!state) return;
    void this.#try((host) => host.request(saveArtifact, { folder: state.folder, run: state.run, path }));
  }

  async #try(action: (host: Host) => Promise<unknown>): Promise<void> {
    const { host } = this;
    if (!host) return;
    await attempt(
      () => action(host),
      (text) => {
        this.message = text;
        announce(text);
      },
    );
  }
}

function sorted(record: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(record).sort(([a], [b]) => format.compareText(a, b));
}

customElements.define('run-panel', RunPanel);
