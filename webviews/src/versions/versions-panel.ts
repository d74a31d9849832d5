import { html, nothing, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { formatBytes } from '#schemas/domain/bytes.ts';
import { compareVersions, type FileChange, type VersionComparison } from '#schemas/protocol/models.ts';
import { openFileDiff, type PanelState } from '#schemas/protocol/webview.ts';
import { format } from '../shared/format.ts';
import type { Host, VsCodeApi } from '../shared/host.ts';
import { icon } from '../shared/icons.ts';
import { LatestRequest } from '../shared/latest-request.ts';
import { describeError, errorNotice, loadingBar } from '../shared/notices.ts';
import { PanelElement } from '../shared/panel-element.ts';
import { factsOf } from './facts.ts';
import { fileChange, metricChange, metricValue, type Row, section, table } from './tables.ts';
import { versionsPanelView } from './view.ts';

type VersionsState = Extract<PanelState, { panel: 'versions' }>;
type Difference = VersionComparison['metrics'][number];

/** Two versions of a model side by side. */
export class VersionsPanel extends PanelElement<'versions', typeof versionsPanelView> {
  static override properties = {
    comparison: { state: true },
    error: { state: true },
    problem: { state: true },
  };

  comparison: VersionComparison | null = null;
  error: unknown = null;
  /** Why what the person asked for last could not be done. */
  problem: unknown = null;
  readonly #comparing = new LatestRequest();

  constructor() {
    super(versionsPanelView);
  }

  override connect(host: Host, api: VsCodeApi): void {
    super.connect(host, api);
    this.addEventListener('scroll', () => this.remember({ scroll: Math.round(this.scrollTop) }), { passive: true });
  }

  override show(state: VersionsState): void {
    this.state = state;
    this.startError = null;
    this.comparison = null;
    this.remember({});
    void this.#read().then(() => this.#restoreScroll());
  }

  override dataChanged(): void {
    void this.#read();
  }

  async #read(): Promise<void> {
    const { host, state } = this;
    if (!host || !state) return;
    const { panel: _, ...versions } = state;
    const outcome = await this.#comparing.ask((signal) => host.request(compareVersions, versions, signal));
    if (!outcome) return;
    if ('value' in outcome) this.comparison = outcome.value;
    this.error = 'error' in outcome ? outcome.error : null;
  }

  async #restoreScroll(): Promise<void> {
    await this.updateComplete;
    this.scrollTo({ top: this.view.scroll });
  }

  protected override render(): TemplateResult {
    const { comparison, state } = this;
    if (this.startError) {
      return errorNotice('The versions can’t be shown', this.startError.error, this.startError.retry);
    }
    if (this.error) {
      return html`<h1 class="visually-hidden">${state?.model} ${state?.before} → ${state?.after}</h1>
        ${errorNotice('The versions can’t be compared', this.error, () => void this.#read())}`;
    }
    if (!comparison || !state) return loadingBar('Comparing the versions');
    return html`<div class="versions">
      ${this.#head(state)} ${this.#problem()} ${this.#facts(comparison)} ${signature(comparison)}
      ${this.#metrics(comparison.metrics)} ${this.#texts('Params', comparison.params)}
      ${this.#texts('Requirements', comparison.requirements)} ${this.#files(comparison)} ${cards(comparison, state)}
    </div>`;
  }

  #head({ model, before, after }: VersionsState): TemplateResult {
    return html`<header class="versions-head">
      <h1>${model} <span class="version">${before}</span> → <span class="version">${after}</span></h1>
      <label class="check"
        ><input
          type="checkbox"
          .checked=${this.view.onlyDifferent}
          @change=${({ target }: Event) => {
            if (target instanceof HTMLInputElement) this.remember({ onlyDifferent: target.checked });
          }}
        />Only differences</label
      >
    </header>`;
  }

  #problem(): TemplateResult | typeof nothing {
    if (this.problem === null) return nothing;
    const { message, remedy } = describeError(this.problem);
    return html`<p class="versions-problem" role="alert">${icon('error')} ${message} ${remedy ?? ''}</p>`;
  }

  #wanted<T extends { readonly differs: boolean }>(rows: readonly T[]): readonly T[] {
    return this.view.onlyDifferent ? rows.filter(({ differs }) => differs) : rows;
  }

  #sides(): readonly [string, string] {
    return [this.state?.before ?? '', this.state?.after ?? ''];
  }

  #facts(comparison: VersionComparison): TemplateResult {
    const rows = this.#wanted(factsOf(comparison)).map(
      ({ name, before, after, differs }): Row => ({ cells: [name, before, after], differs }),
    );
    return table('Versions', ['Version', ...this.#sides()], rows);
  }

  #metrics(all: readonly Difference[]): TemplateResult | typeof nothing {
    const rows = this.#wanted(all).map(
      ({ name, before, after, differs }): Row => ({
        cells: [name, metricValue(before), metricValue(after), metricChange(name, before, after)],
        differs,
      }),
    );
    return section({ title: 'Metrics', heads: ['Metric', ...this.#sides(), 'Change'], rows, total: all.length });
  }

  #texts(title: string, all: readonly Difference[]): TemplateResult | typeof nothing {
    const rows = this.#wanted(all).map(
      ({ name, before, after, differs }): Row => ({ cells: [name, before ?? '–', after ?? '–'], differs }),
    );
    return section({ title, heads: ['Name', ...this.#sides()], rows, total: all.length });
  }

  #files({ files, filesTotal }: VersionComparison): TemplateResult | typeof nothing {
    const rows = this.#wanted(files).map(
      ({ name, before, after, change, differs }): Row => ({
        cells: [this.#fileLink(name, change), bytes(before), bytes(after), fileChange(change)],
        differs,
      }),
    );
    const rest = filesTotal - files.length;
    const note = rest > 0 ? html`<p class="muted">${format.count(rest)} more files are not listed.</p>` : nothing;
    return section({ title: 'Files', heads: ['File', ...this.#sides(), 'Change'], rows, total: filesTotal, note });
  }

  #fileLink(path: string, change: FileChange): TemplateResult {
    const title = change === 'added' || change === 'removed' ? `Open ${path}` : `Show the differences of ${path}`;
    return html`<button type="button" class="link-button" title=${title} @click=${() => this.#openDiff(path, change)}>
      ${path}
    </button>`;
  }

  async #openDiff(path: string, change: FileChange): Promise<void> {
    const { host, state } = this;
    if (!host || !state) return;
    const { panel: _, ...versions } = state;
    this.problem = null;
    try {
      await host.request(openFileDiff, { ...versions, path, change });
    } catch (error) {
      this.problem = error;
    }
  }
}

customElements.define('versions-panel', VersionsPanel);

function bytes(size: string | null): string {
  return size === null ? '–' : formatBytes(Number(size));
}

const signatureWords: Readonly<Record<VersionComparison['signature']['type'], string>> = {
  none: 'They are the same.',
  compatible: 'Compatible: what uses the model can go on as before.',
  breaking: 'Breaking: what uses the model may fail.',
  unknown: 'Nobody knows what changed.',
};
const signatureIcons = { none: 'pass', compatible: 'pass', breaking: 'warning', unknown: 'question' } as const;

function signature({ signature: { type, details } }: VersionComparison): TemplateResult {
  return html`<section aria-labelledby="section-signature">
    <h2 id="section-signature">Inputs and outputs</h2>
    <p class="signature signature-${type}">${icon(signatureIcons[type])} <span>${signatureWords[type]}</span></p>
    ${details.length === 0 ? nothing : html`<ul class="details">${details.map((line) => html`<li>${line}</li>`)}</ul>`}
  </section>`;
}

/** The server sanitised the cards; the page’s policy lets nothing run or load that is in them. */
function cards(
  { cards: { before, after } }: VersionComparison,
  versions: VersionsState,
): TemplateResult | typeof nothing {
  if (before === null && after === null) return nothing;
  const card = (version: string, content: string | null) =>
    html`<article aria-label="Model card of ${version}">
      <p class="card-version version">${version}</p>
      ${content === null ? html`<p class="muted">It has none.</p>` : unsafeHTML(content)}
    </article>`;
  return html`<section aria-labelledby="section-card">
    <h2 id="section-card">Model card</h2>
    ${
      before === after
        ? html`<p class="muted">It is the same.</p>`
        : html`<div class="cards">${card(versions.before, before)} ${card(versions.after, after)}</div>`
    }
  </section>`;
}
