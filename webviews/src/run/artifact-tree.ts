import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { formatBytes } from '#schemas/domain/bytes.ts';
import { PageElement } from '../shared/element.ts';
import { icon } from '../shared/icons.ts';
import { describeError } from '../shared/notices.ts';
import { place } from '../shared/place.ts';
import { byContents } from '../shared/same.ts';
import { type ArtifactRow, artifactRows, type FolderListing, moveInTree } from './artifact-rows.ts';

const indent = 14;

/** The files and folders of a run. Tells `tree-choose` {path} of a file, `tree-fold` {path, open} and `tree-retry` {path}. */
export class ArtifactTree extends PageElement {
  static override properties = {
    listings: { attribute: false },
    openFolders: byContents,
    chosen: { attribute: false },
    active: { state: true },
  };

  listings: ReadonlyMap<string, FolderListing> = new Map();
  openFolders: readonly string[] = [];
  chosen: string | null = null;
  /** The line that keys move from. */
  active: string | null = null;
  #rows: readonly ArtifactRow[] = [];
  #focusAfterUpdate = false;

  protected override willUpdate(changed: PropertyValues): void {
    this.#rows = artifactRows(this.listings, new Set(this.openFolders));
    if (changed.has('chosen') && this.chosen !== null) this.active = this.chosen;
    if (!this.#rows.some(({ id }) => id === this.active)) this.active = this.#rows[0]?.id ?? null;
  }

  protected override updated(): void {
    if (!this.#focusAfterUpdate) return;
    this.#focusAfterUpdate = false;
    this.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  protected override render(): TemplateResult {
    return html`<div class="tree" role="tree" aria-label="Artifacts" @keydown=${this.#onKey}>
      ${repeat(
        this.#rows,
        ({ id }) => id,
        (row) => this.#row(row),
      )}
    </div>`;
  }

  #row(row: ArtifactRow): TemplateResult {
    const entry = row.kind === 'entry' ? row : null;
    const chosen = entry !== null && row.id === this.chosen;
    return html`<div
      class="tree-row ${chosen ? 'chosen' : ''} ${entry ? '' : 'tree-note'}"
      role="treeitem"
      aria-level=${row.level}
      aria-expanded=${entry?.entry.isDirectory ? String(entry.open) : nothing}
      aria-selected=${entry && !entry.entry.isDirectory ? String(chosen) : nothing}
      aria-posinset=${entry?.position ?? nothing}
      aria-setsize=${entry?.siblings ?? nothing}
      tabindex=${row.id === this.active ? 0 : -1}
      data-path=${entry?.entry.path ?? nothing}
      title=${entry?.entry.path ?? nothing}
      ${place({ 'padding-inline-start': `${8 + (row.level - 1) * indent}px` })}
      @click=${() => this.#onClick(row)}
    >
      ${entry ? entryParts(entry) : noteText(row)}
    </div>`;
  }

  #onClick(row: ArtifactRow): void {
    this.active = row.id;
    this.#focusAfterUpdate = true;
    this.#act(row);
  }

  #act(row: ArtifactRow): void {
    if (row.kind === 'failed') this.emit('tree-retry', { path: row.folder });
    if (row.kind !== 'entry') return;
    if (row.entry.isDirectory) this.emit('tree-fold', { path: row.id, open: !row.open });
    else this.emit('tree-choose', { path: row.id });
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#rows.findIndex(({ id }) => id === this.active);
    const row = this.#rows[at];
    if (row && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      this.#act(row);
      return;
    }
    const move = moveInTree(this.#rows, at, event.key);
    if (!move) return;
    event.preventDefault();
    if ('open' in move) this.emit('tree-fold', { path: move.open, open: true });
    else if ('close' in move) this.emit('tree-fold', { path: move.close, open: false });
    else {
      this.active = this.#rows[move.to]?.id ?? null;
      this.#focusAfterUpdate = true;
    }
  };
}

function entryParts({ entry, name, open }: Extract<ArtifactRow, { kind: 'entry' }>): TemplateResult {
  const { isDirectory, size } = entry;
  return html`<span class="tree-twistie">${isDirectory ? icon(open ? 'chevron-down' : 'chevron-right') : nothing}</span
    >${icon(isDirectory ? (open ? 'folder-opened' : 'folder') : 'file')}<span class="tree-name">${name}</span>${
      size === null ? nothing : html`<span class="tree-size">${formatBytes(size)}</span>`
    }`;
}

function noteText(row: ArtifactRow): string {
  if (row.kind === 'failed') return `${describeError(row.error).message} Choose this line to try again.`;
  return row.kind === 'loading' ? 'Loading…' : 'There are more files than are listed here.';
}

declare global {
  interface HTMLElementEventMap {
    'tree-choose': CustomEvent<{ path: string }>;
    'tree-fold': CustomEvent<{ path: string; open: boolean }>;
    'tree-retry': CustomEvent<{ path: string }>;
  }
}

customElements.define('artifact-tree', ArtifactTree);
