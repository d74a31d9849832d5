import { html, nothing, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { compareVersions, type VersionComparison } from '#schemas/protocol/models.ts';
import { openFileDiff, type PanelState } from '#schemas/protocol/webview.ts';
import { PageElement } from '../shared/element.ts';
import { format, formatBytes } from '../shared/format.ts';
import { type Host, isAborted } from '../shared/host.ts';
import { icon } from '../shared/icons.ts';
import { errorNotice, loadingBar } from '../shared/notices.ts';
import type { PanelRoot } from '../shared/panel.ts';
import { metricDelta } from './delta.ts';

type VersionsState = Extract<PanelState, { panel: 'versions' }>;
type Row = VersionComparison['metrics'][number];

/** Two versions of a model side by side. */
export class VersionsPanel extends PageElement implements PanelRoot<'versions'> {
  static override properties = {
    state: { state: true },
    comparison: { state: true },
    onlyDifferent: { state: true },
    error: { state: true },
    startError: { state: true },
  };

  host: Host | null = null;
  state: VersionsState | null = null;
  comparison: VersionComparison | null = null;
  onlyDifferent = true;
  error: unknown = null;
  startError: { error: unknown; retry: () => void } | null = null;
  #load: AbortController | null = null;

  connect(host: Host): void {
    this.host = host;
  }

  show(state: VersionsState): void {
    this.state = state;
    this.startError = null;
    this.comparison = null;
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
    const { panel: _, ...params } = state;
    try {
      this.comparison = await host.request(compareVersions, params, aborter.signal);
      this.error = null;
    } catch (error) {
      if (!aborter.signal.aborted && !isAborted(error)) this.error = error;
    }
  }

  protected override render(): TemplateResult {
    const { comparison, state } = this;
    if (this.startError)
      return errorNotice('The versions can’t be shown', this.startError.error, this.startError.retry);
    if (this.error) return errorNotice('The versions can’t be compared', this.error, () => void this.#read());
    if (!comparison || !state) return loadingBar('Comparing the versions');
    return html`<main class="versions">
      ${this.#head(comparison, state)} ${signature(comparison)} ${this.#metrics(comparison.metrics)}
      ${this.#texts('Params', comparison.params)} ${this.#texts('Requirements', comparison.requirements)}
      ${this.#files(comparison)} ${cards(comparison)}
    </main>`;
  }

  #head({ before, after }: VersionComparison, { model }: VersionsState): TemplateResult {
    return html`<header class="versions-head">
      <h1>${model} <span class="version">${before.version.version}</span> → <span class="version">${after.version.version}</span></h1>
      <label class="only-different"
        ><input
          type="checkbox"
          .checked=${this.onlyDifferent}
          @change=${({ target }: Event) => {
            if (target instanceof HTMLInputElement) this.onlyDifferent = target.checked;
          }}
        />Only differences</label
      >
      ${table(['', before.version.version, after.version.version], facts(before, after))}
    </header>`;
  }

  #wanted<T extends { readonly differs: boolean }>(rows: readonly T[]): readonly T[] {
    return this.onlyDifferent ? rows.filter(({ differs }) => differs) : rows;
  }

  #metrics(rows: readonly Row[]): TemplateResult | typeof nothing {
    const shown = this.#wanted(rows);
    const cells = shown.map(({ name, before, after }) => [
      name,
      number(before),
      number(after),
      delta(name, before, after),
    ]);
    return section('Metrics', shown.length, rows.length, table(['Metric', 'Before', 'After', 'Change'], cells));
  }

  #texts(title: string, rows: readonly Row[]): TemplateResult | typeof nothing {
    const shown = this.#wanted(rows);
    const cells = shown.map(({ name, before, after }) => [name, before ?? '–', after ?? '–']);
    return section(title, shown.length, rows.length, table(['Name', 'Before', 'After'], cells));
  }

  #files({ files, filesTotal }: VersionComparison): TemplateResult | typeof nothing {
    const shown = this.#wanted(files);
    const cells = shown.map(({ name, before, after, change }) => [
      html`<button type="button" class="link-button" @click=${() => this.#openDiff(name)}>${name}</button>`,
      html`<span class="change change-${change}">${change}</span>`,
      before === null ? '–' : formatBytes(Number(before)),
      after === null ? '–' : formatBytes(Number(after)),
    ]);
    const more =
      filesTotal > files.length
        ? html`<p class="quiet">${format.count(filesTotal - files.length)} more files are not listed.</p>`
        : nothing;
    return section(
      'Files',
      shown.length,
      filesTotal,
      html`${table(['File', 'Change', 'Before', 'After'], cells)}${more}`,
    );
  }

  #openDiff(path: string): void {
    const { host, state } = this;
    if (!host || !state) return;
    const { panel: _, ...versions } = state;
    host.request(openFileDiff, { ...versions, path }).catch((error: unknown) => {
      this.error = error;
    });
  }
}

customElements.define('versions-panel', VersionsPanel);

type Side = VersionComparison['before'];

function facts(before: Side, after: Side): (string | TemplateResult)[][] {
  const row = (name: string, of: (side: Side) => string) => [name, of(before), of(after)];
  return [
    row('Stage', ({ version }) => version.stage ?? '–'),
    row('Aliases', ({ version }) => version.aliases.map((alias) => `@${alias}`).join(' ') || '–'),
    row('Signed', ({ version }) => (version.signed ? 'yes' : 'no')),
    row('Size', ({ version }) => formatBytes(version.size)),
    row('Framework', ({ version }) => version.framework ?? '–'),
    row('Registered', ({ version }) => `${format.dateTime(version.createdAt)} by ${version.createdBy}`),
    row('Commit', ({ metadata }) => metadata.gitCommit?.slice(0, 12) ?? '–'),
  ];
}

const signatureWords: Readonly<Record<VersionComparison['signature']['type'], string>> = {
  none: 'Inputs and outputs are the same.',
  compatible: 'Who uses the model can go on as before.',
  breaking: 'What uses the model may break.',
  unknown: 'Nobody knows what changed.',
};

function signature({ signature: { type, details } }: VersionComparison): TemplateResult {
  return html`<section>
    <h2>Inputs and outputs</h2>
    <p class="signature signature-${type}">${icon(type === 'breaking' ? 'warning' : 'info')} ${signatureWords[type]}</p>
    ${details.length === 0 ? nothing : html`<ul>${details.map((detail) => html`<li>${detail}</li>`)}</ul>`}
  </section>`;
}

/** The host sanitised the cards; the page’s policy lets nothing run or load that is in them. */
function cards({ cards: { before, after } }: VersionComparison): TemplateResult | typeof nothing {
  if (before === null && after === null) return nothing;
  const card = (title: string, content: string | null) =>
    html`<article aria-label=${title}>${content === null ? html`<p class="quiet">No card</p>` : unsafeHTML(content)}</article>`;
  return html`<section>
    <h2>Model card</h2>
    ${before === after ? html`<p class="quiet">It is the same.</p>` : html`<div class="cards">${card('Before', before)} ${card('After', after)}</div>`}
  </section>`;
}

function section(
  title: string,
  shown: number,
  total: number,
  content: TemplateResult,
): TemplateResult | typeof nothing {
  if (total === 0) return nothing;
  const body = shown === 0 ? html`<p class="quiet">All ${format.count(total)} are the same.</p>` : content;
  return html`<section>
    <h2>${title}</h2>
    ${body}
  </section>`;
}

function table(heads: readonly string[], rows: readonly (readonly (string | TemplateResult)[])[]): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => (head === '' ? html`<td></td>` : html`<th scope="col">${head}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...others]) => html`<tr>
            <th scope="row">${first}</th>
            ${others.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function number(text: string | null): string {
  if (text === null) return '–';
  const value = Number(text);
  return Number.isFinite(value) ? format.number(value) : text;
}

function delta(name: string, before: string | null, after: string | null): TemplateResult | string {
  const change = metricDelta(name, before, after);
  if (change === null) return '';
  const { by, isBetter } = change;
  if (isBetter === null) return '=';
  const word = isBetter ? 'better' : 'worse';
  return html`<span class="delta delta-${word}">${format.delta(by)} <span class="delta-word">${word}</span></span>`;
}
