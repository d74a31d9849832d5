import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { formatBytes } from '#schemas/domain/bytes.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import { type ArtifactPreview, listArtifacts, previewArtifact } from '#schemas/protocol/experiments.ts';
import { announce } from '../shared/announce.ts';
import { PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';
import { isAborted } from '../shared/host-failure.ts';
import { iconButton } from '../shared/icons.ts';
import { emptyNotice, errorNotice, loadingBar } from '../shared/notices.ts';
import { byContents } from '../shared/same.ts';
import { previewContent } from './artifact-preview.ts';
import type { FolderListing } from './artifact-rows.ts';
import './artifact-tree.ts';

type Shown = { readonly path: string } & (
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly preview: ArtifactPreview; readonly size: number | null }
  | { readonly state: 'failed'; readonly error: unknown }
);

/**
 * The files that a run left, as a tree with a look into one. Tells `view-change`,
 * `copy-text` {text} and `artifact-save` {path}.
 */
export class ArtifactsView extends PageElement {
  static override properties = {
    host: { attribute: false },
    folder: { attribute: false },
    ref: byContents,
    uri: { attribute: false },
    artifact: { attribute: false },
    openFolders: byContents,
    revision: { attribute: false },
    listings: { state: true },
    shown: { state: true },
  };

  host: Host | null = null;
  folder = '';
  ref: RunRef = { tracker: '', runId: '' };
  uri: string | null = null;
  artifact: string | null = null;
  openFolders: readonly string[] = [];
  /** Another number has everything in sight read anew. */
  revision = 0;
  listings: ReadonlyMap<string, FolderListing> = new Map();
  shown: Shown | null = null;
  #listing = new AbortController();
  #look = new AbortController();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listing.abort();
    this.#look.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('ref')) {
      this.listings = new Map();
      this.shown = null;
    }
    if (changed.has('ref') || changed.has('revision')) {
      this.#listing.abort();
      this.#listing = new AbortController();
      for (const path of new Set(['', ...this.openFolders])) void this.#list(path);
    } else if (changed.has('openFolders')) {
      for (const path of this.openFolders) if (!this.listings.has(path)) void this.#list(path);
    }
    if (changed.has('ref') || changed.has('revision') || changed.has('artifact')) void this.#preview();
  }

  async #list(path: string): Promise<void> {
    const { host, folder, ref } = this;
    const { signal } = this.#listing;
    if (!host) return;
    const known = (listing: FolderListing) => {
      this.listings = new Map(this.listings).set(path, listing);
    };
    try {
      known(await host.request(listArtifacts, { folder, run: ref, path }, signal));
    } catch (error) {
      if (!signal.aborted && !isAborted(error)) known({ error });
    }
  }

  /** What is shown of a file stays until it is read anew. */
  async #preview(): Promise<void> {
    this.#look.abort();
    const { host, folder, ref, artifact: path } = this;
    if (!host || path === null) {
      this.shown = null;
      return;
    }
    this.#look = new AbortController();
    const { signal } = this.#look;
    if (this.shown?.path !== path || this.shown.state === 'failed') this.shown = { path, state: 'loading' };
    try {
      const answer = await host.request(previewArtifact, { folder, run: ref, path }, signal);
      if (this.shown?.state === 'loading') announce(`${path} is shown`);
      this.shown = { path, state: 'ready', ...answer };
    } catch (error) {
      if (!signal.aborted && !isAborted(error)) this.shown = { path, state: 'failed', error };
    }
  }

  protected override render(): TemplateResult {
    const root = this.listings.get('');
    if (!root) return loadingBar('Loading artifacts');
    if ('error' in root) return errorNotice('The artifacts can’t be listed', root.error, () => void this.#list(''));
    if (root.entries.length === 0) {
      return emptyNotice({
        icon: 'folder',
        title: 'No artifacts',
        detail: 'They appear when training calls mlflow.log_artifact, or logs a figure, a table or a model.',
      });
    }
    return html`<div class="artifacts">
      <div class="artifact-side">
        <artifact-tree
          .listings=${this.listings}
          .openFolders=${this.openFolders}
          .chosen=${this.artifact}
          @tree-choose=${({ detail }: HTMLElementEventMap['tree-choose']) => this.emit('view-change', { artifact: detail.path })}
          @tree-fold=${({ detail }: HTMLElementEventMap['tree-fold']) => this.#fold(detail)}
          @tree-retry=${({ detail }: HTMLElementEventMap['tree-retry']) => void this.#list(detail.path)}
        ></artifact-tree>
        ${this.#location()}
        <div class="artifact-save">
          <vscode-button secondary @click=${() => this.#save('')}>Download all…</vscode-button>
        </div>
      </div>
      <section class="artifact-preview" aria-label="Preview" aria-busy=${String(this.shown?.state === 'loading')}>
        ${this.#shownFile()}
      </section>
    </div>`;
  }

  /** Where the store keeps them. */
  #location(): TemplateResult | typeof nothing {
    const { uri } = this;
    if (uri === null) return nothing;
    return html`<div class="artifact-location">
      <span class="muted" title=${uri}>${uri}</span>
      ${iconButton({ icon: 'copy', label: 'Copy where the artifacts are', onClick: () => this.emit('copy-text', { text: uri }) })}
    </div>`;
  }

  #fold({ path, open }: { path: string; open: boolean }): void {
    const others = this.openFolders.filter((other) => other !== path);
    this.emit('view-change', { openFolders: open ? [...others, path] : others });
  }

  #save(path: string): void {
    this.emit('artifact-save', { path });
  }

  #shownFile(): TemplateResult {
    const { shown } = this;
    if (!shown) return emptyNotice({ icon: 'file', title: 'Choose a file to look into it' });
    const size = shown.state === 'ready' && shown.size !== null ? formatBytes(shown.size) : '';
    return html`<header class="preview-head">
        <h2 class="preview-title" title=${shown.path}>${shown.path}</h2>
        <span class="muted preview-size">${size}</span>
        <vscode-button secondary @click=${() => this.#save(shown.path)}>Download…</vscode-button>
      </header>
      <div class="preview-body">${this.#content(shown)}</div>`;
  }

  #content(shown: Shown): TemplateResult {
    if (shown.state === 'loading') return loadingBar(`Loading ${shown.path}`);
    if (shown.state === 'ready') return previewContent(shown.path, shown.preview);
    return errorNotice('The file can’t be read', shown.error, () => void this.#preview());
  }
}

customElements.define('artifacts-view', ArtifactsView);
