import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ArtifactEntry, RunRef } from '#schemas/domain/run.ts';
import { type ArtifactPreview, listArtifacts, previewArtifact } from '#schemas/protocol/experiments.ts';
import { PageElement } from '../shared/element.ts';
import { format, formatBytes } from '../shared/format.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import { type Host, isAborted } from '../shared/host.ts';
import { icon } from '../shared/icons.ts';
import { describeError, emptyNotice, errorNotice, loadingBar } from '../shared/notices.ts';

interface Folder {
  readonly entries: readonly ArtifactEntry[];
  readonly truncated: boolean;
}

type Shown =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly preview: ArtifactPreview; readonly size: number | null }
  | { readonly state: 'failed'; readonly error: unknown };

/** The files that a run left, as a tree with a look into one. Tells `view-change` and `artifact-save` {path}. */
export class ArtifactsView extends PageElement {
  static override properties = {
    host: { attribute: false },
    folder: { attribute: false },
    ref: { attribute: false },
    artifact: { attribute: false },
    openFolders: { attribute: false },
    revision: { attribute: false },
    folders: { state: true },
    rootError: { state: true },
    shown: { state: true },
  };

  host: Host | null = null;
  folder = '';
  ref: RunRef = { tracker: '', runId: '' };
  artifact: string | null = null;
  openFolders: readonly string[] = [];
  revision = 0;
  folders: ReadonlyMap<string, Folder | { readonly error: unknown }> = new Map();
  rootError: unknown = null;
  shown: Shown | null = null;
  #load: AbortController | null = null;
  #observer = new MutationObserver((records) => this.#onToggled(records));

  protected override firstUpdated(): void {
    // The tree tells of a folder that is opened by its attribute alone.
    this.#observer.observe(this, { subtree: true, attributeFilter: ['open'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#load?.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('revision') || changed.has('ref')) {
      for (const path of new Set(['', ...this.openFolders])) void this.#list(path);
    }
    if (changed.has('artifact') && this.artifact !== null) void this.#preview(this.artifact);
  }

  async #list(path: string): Promise<void> {
    if (!this.host) return;
    try {
      const listed = await this.host.request(listArtifacts, { folder: this.folder, run: this.ref, path });
      this.folders = new Map(this.folders).set(path, listed);
      if (path === '') this.rootError = null;
    } catch (error) {
      if (isAborted(error)) return;
      if (path === '') this.rootError = error;
      else this.folders = new Map(this.folders).set(path, { error });
    }
  }

  async #preview(path: string): Promise<void> {
    if (!this.host) return;
    this.#load?.abort();
    const aborter = new AbortController();
    this.#load = aborter;
    this.shown = { state: 'loading' };
    try {
      const params = { folder: this.folder, run: this.ref, path };
      const answer = await this.host.request(previewArtifact, params, aborter.signal);
      this.shown = { state: 'ready', ...answer };
    } catch (error) {
      if (!aborter.signal.aborted && !isAborted(error)) this.shown = { state: 'failed', error };
    }
  }

  protected override render(): TemplateResult {
    const root = this.folders.get('');
    if (this.rootError) {
      return errorNotice('The artifacts can’t be listed', this.rootError, () => void this.#list(''));
    }
    if (!root) return loadingBar('Loading artifacts');
    if ('entries' in root && root.entries.length === 0) return emptyNotice({ icon: 'folder', title: 'No artifacts' });
    return html`<div class="artifacts">
      <div class="artifact-tree">
        <vscode-tree aria-label="Artifacts" @vsc-tree-select=${this.#onSelect}>${this.#items('')}</vscode-tree>
        <div class="artifact-save">
          <vscode-button secondary @click=${() => this.emit('artifact-save', { path: '' })}>Download all</vscode-button>
        </div>
      </div>
      <div class="artifact-preview" aria-live="polite">${this.#look()}</div>
    </div>`;
  }

  #items(path: string): unknown {
    const listed = this.folders.get(path);
    if (!listed) return html`<vscode-tree-item>Loading…</vscode-tree-item>`;
    if (!('entries' in listed))
      return html`<vscode-tree-item>${describeError(listed.error).message}</vscode-tree-item>`;
    return html`${listed.entries.map((entry) => this.#item(entry))}${
      listed.truncated ? html`<vscode-tree-item>More files are not listed</vscode-tree-item>` : nothing
    }`;
  }

  #item(entry: ArtifactEntry): TemplateResult {
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    if (!entry.isDirectory) {
      return html`<vscode-tree-item data-path=${entry.path} ?selected=${entry.path === this.artifact}>
        <span slot="icon-leaf">${icon('file')}</span>${name}${
          entry.size === null ? nothing : html`<span slot="description">${formatBytes(entry.size)}</span>`
        }
      </vscode-tree-item>`;
    }
    const open = this.openFolders.includes(entry.path);
    return html`<vscode-tree-item branch data-path=${entry.path} data-folder ?open=${open}>
      <span slot="icon-branch">${icon('folder')}</span><span slot="icon-branch-opened">${icon('folder-opened')}</span>${name}
      ${open ? this.#items(entry.path) : html`<vscode-tree-item>Loading…</vscode-tree-item>`}
    </vscode-tree-item>`;
  }

  #onSelect = (event: CustomEvent<{ selectedItems: readonly HTMLElement[] }>): void => {
    const item = event.detail.selectedItems[0];
    const path = item?.dataset.path;
    if (path !== undefined) this.emit('view-change', { artifact: path });
  };

  #onToggled(records: readonly MutationRecord[]): void {
    for (const { target } of records) {
      if (!(target instanceof HTMLElement) || target.dataset.folder === undefined) continue;
      const path = target.dataset.path ?? '';
      const isOpen = target.hasAttribute('open');
      if (isOpen === this.openFolders.includes(path)) continue;
      if (isOpen) void this.#list(path);
      const others = this.openFolders.filter((other) => other !== path);
      this.emit('view-change', { openFolders: isOpen ? [...others, path] : others });
    }
  }

  #look(): TemplateResult {
    const { artifact, shown } = this;
    if (artifact === null || !shown) return emptyNotice({ icon: 'file', title: 'Choose a file to look into it' });
    const size = shown.state === 'ready' && shown.size !== null ? formatBytes(shown.size) : '';
    return html`<header class="preview-head">
        <h2 class="preview-title" title=${artifact}>${artifact}</h2>
        <span class="muted">${size}</span>
        <vscode-button secondary @click=${() => this.emit('artifact-save', { path: artifact })}>Download</vscode-button>
      </header>
      <div class="preview-body">${this.#content(artifact, shown)}</div>`;
  }

  #content(path: string, shown: Shown): TemplateResult {
    if (shown.state === 'loading') return loadingBar(`Loading ${path}`);
    if (shown.state === 'failed') {
      return errorNotice('The file can’t be read', shown.error, () => void this.#preview(path));
    }
    const { preview } = shown;
    switch (preview.type) {
      case 'text':
        return html`${preview.truncated ? html`<p class="preview-note">The start of the file.</p>` : nothing}
          <pre class="preview-text" tabindex="0">${preview.text}</pre>`;
      case 'image':
        return html`<img class="preview-image" alt=${path} src="data:${preview.mimeType};base64,${preview.base64}" />`;
      case 'table':
        return html`${
          preview.truncated
            ? html`<p class="preview-note">The first ${format.count(preview.rows.length)} rows.</p>`
            : nothing
        }
          <div class="preview-table">${tablePreview(path, preview)}</div>`;
      case 'none':
        return emptyNotice({ icon: 'file', title: 'No preview', detail: preview.reason });
    }
  }
}

function tablePreview(path: string, { columns, rows }: Extract<ArtifactPreview, { type: 'table' }>): TemplateResult {
  const source: GridSource = {
    count: rows.length,
    has: () => true,
    cell: (row, { id }) => {
      const text = rows[row]?.[Number(id)] ?? '';
      return html`<span title=${text}>${text}</span>`;
    },
  };
  const head = columns.map((label, index) => ({ id: String(index), label, width: 140, resizable: false }));
  return html`<data-grid .columns=${head} .source=${source} .label=${path}></data-grid>`;
}

customElements.define('artifacts-view', ArtifactsView);
