import { VirtualizerController } from '@tanstack/lit-virtual';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { PageElement } from './element.ts';
import { type GridPosition, moveByKey, within } from './grid-keys.ts';
import {
  columnsInView,
  type GridColumn,
  type GridLayout,
  type GridSort,
  layoutColumns,
  minimumColumnWidth,
  type PlacedColumn,
  scrollToShow,
} from './grid-layout.ts';
import { GridPool } from './grid-pool.ts';
import {
  type GridSource,
  type GridView,
  gridHead,
  gridRows,
  gridScrollingParts,
  headHeight,
  rowHeight,
} from './grid-rows.ts';
import { place } from './place.ts';

export interface GridRange {
  readonly start: number;
  /** Past the last row. */
  readonly end: number;
  readonly columns: readonly string[];
}

const resizeStep = 16;
let gridCount = 0;

const noRows: GridSource = { count: 0, has: () => false, cell: () => nothing };

/**
 * A table of any size: rows and columns outside of the viewport are not in the page. One cell has the focus; arrows, Home,
 * End and the page keys move it. What keys and clicks mean beyond moving, sorting and resizing is said by events:
 * `grid-action` {row, column, action, shift, toggle}, where action is a cell's `data-action`, `click`, `open` or a key.
 */
export class DataGrid extends PageElement {
  static override properties = {
    columns: { attribute: false },
    source: { attribute: false },
    sort: { attribute: false },
    label: { attribute: false },
    multiselect: { attribute: false },
  };

  columns: readonly GridColumn[] = [];
  source: GridSource = noRows;
  sort: readonly GridSort[] = [];
  label = '';
  multiselect = false;

  #rows = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    count: 0,
    getScrollElement: () => this.#viewport,
    estimateSize: () => rowHeight,
    overscan: 6,
  });
  readonly #id = `grid-${gridCount++}`;
  #active: GridPosition = { row: -1, column: 0 };
  #focusAfterUpdate = false;
  #layout: GridLayout = layoutColumns([], 0);
  #size = { width: 0, height: 0 };
  // Kept from the scroll event: to ask the element after a change has the browser lay out the page at once.
  #scroll = { top: 0, left: 0 };
  #observer: ResizeObserver | undefined;
  readonly #rowPool = new GridPool();
  readonly #columnPool = new GridPool();
  #restore: { top: number; left: number } | null = null;
  #reported = '';

  /** Scrolls there as soon as there are rows. */
  restoreScroll(position: { top: number; left: number }): void {
    this.#restore = position;
    this.requestUpdate();
  }

  get scrollPosition(): { top: number; left: number } {
    return { ...this.#scroll };
  }

  /** Rows that a person sees at least half of: first and past the last. */
  get rowsInSight(): { start: number; end: number } {
    const start = Math.min(this.source.count, Math.round(this.#scroll.top / rowHeight));
    const height = Math.max(0, this.#size.height - headHeight);
    return { start, end: Math.min(this.source.count, start + Math.round(height / rowHeight)) };
  }

  scrollToTop(): void {
    this.#active = { row: Math.min(this.#active.row, 0), column: this.#active.column };
    this.#viewport?.scrollTo({ top: 0 });
  }

  focusRow(row: number): void {
    this.#moveTo({ row, column: this.#active.column });
  }

  get #viewport(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.grid-viewport');
  }

  protected override firstUpdated(): void {
    const viewport = this.#viewport;
    if (!viewport) return;
    this.#observer = new ResizeObserver(() => {
      this.#size = { width: viewport.clientWidth, height: viewport.clientHeight };
      this.requestUpdate();
    });
    this.#observer.observe(viewport);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // An element that is moved within the page loses the focus.
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && activeElement.dataset.column !== undefined) {
      this.#focusAfterUpdate ||= this.contains(activeElement);
    }
    if (changed.has('source') || changed.has('columns')) {
      this.#active = within(this.#active, { rows: this.source.count, columns: this.columns.length });
    }
    this.#layout = layoutColumns(this.columns, this.#size.width);
    const virtualizer = this.#rows.getVirtualizer();
    virtualizer.setOptions({ ...virtualizer.options, count: this.source.count });
  }

  protected override updated(): void {
    this.#restoreScroll();
    this.#reportRange();
    if (!this.#focusAfterUpdate) return;
    this.#focusAfterUpdate = false;
    const { row, column } = this.#active;
    const cell = this.querySelector<HTMLElement>(`[data-row="${row}"] [data-column="${column}"]`);
    cell?.focus({ preventScroll: true });
  }

  #restoreScroll(): void {
    if (!this.#restore || this.source.count === 0 || this.#size.height === 0) return;
    this.#viewport?.scrollTo(this.#restore);
    this.#restore = null;
  }

  #reportRange(): void {
    const items = this.#rows.getVirtualizer().getVirtualItems();
    const first = items[0];
    const last = items[items.length - 1];
    if (!first || !last || this.#size.width === 0) return;
    const shown = [...this.#layout.frozen, ...this.#columnsInView()].map(({ column }) => column.id);
    const { start, end } = this.rowsInSight;
    const key = `${first.index} ${last.index} ${start} ${end} ${this.source.count} ${shown.join(' ')}`;
    if (key === this.#reported) return;
    this.#reported = key;
    // The row with the focus may be far away: what is asked for is the part in sight.
    const range: GridRange = {
      start: Math.max(0, start - 8),
      end: Math.min(this.source.count, end + 9),
      columns: shown,
    };
    this.emit('grid-range', range);
  }

  #columnsInView(): readonly PlacedColumn[] {
    return columnsInView(this.#layout, { scrollLeft: this.#scroll.left, width: this.#size.width });
  }

  protected override render(): TemplateResult {
    const virtualizer = this.#rows.getVirtualizer();
    const columns = this.#columnsInView();
    const moving = virtualizer.isScrolling;
    const starts = new Map(virtualizer.getVirtualItems().map(({ index, start }) => [index, start]));
    const { row: own } = this.#active;
    // The cell with the focus stays in the page, or the focus would be lost.
    if (own >= 0 && own < this.source.count && !starts.has(own)) starts.set(own, own * rowHeight);
    const rows = this.#rowPool.arrange([...starts.keys()], { moving, own });
    const byIndex = new Map(columns.map((placed) => [placed.index, placed]));
    const focusedColumn = this.#layout.scrolling.find(({ index }) => index === this.#active.column);
    if (focusedColumn) byIndex.set(focusedColumn.index, focusedColumn);
    const cells = this.#columnPool.arrange([...byIndex.keys()], { moving, own: this.#active.column });
    const { totalWidth } = this.#layout;
    const view: GridView = {
      rows: rows.map(({ item, slot }) => ({ index: item, start: starts.get(item) ?? 0, slot })),
      columns: cells.flatMap(({ item, slot }) => {
        const placed = byIndex.get(item);
        return placed ? [{ ...placed, slot }] : [];
      }),
      columnCount: this.columns.length,
      layout: this.#layout,
      source: this.source,
      sort: this.sort,
      active: this.#active,
      id: this.#id,
      onResize: (event, id, width) => this.#resize(event, id, width),
      onFit: (event, id, index) => this.#fit(event, id, index),
    };
    return html`<div
      class="grid-viewport"
      @keydown=${this.#onKey}
      @click=${this.#onClick}
      @dblclick=${this.#onDoubleClick}
      @contextmenu=${this.#onContextMenu}
      @scroll=${this.#onScroll}
      @pointerover=${this.#onPointer}
      @pointerleave=${this.#onPointer}
    >
      <div
        class="grid-canvas"
        ${place({ width: `${totalWidth}px`, height: `${virtualizer.getTotalSize() + headHeight}px` })}
      >
        <div
          class="grid-semantics"
          role="grid"
          aria-label=${this.label}
          aria-rowcount=${this.source.count + 1}
          aria-colcount=${this.columns.length}
          aria-multiselectable=${this.multiselect ? 'true' : nothing}
        >
          ${gridHead(view)} ${gridRows(view)}
        </div>
        ${gridScrollingParts(view)}
      </div>
    </div>`;
  }

  /** A row is of two parts that `:hover` can't join. */
  #onPointer = (event: PointerEvent): void => {
    const row = event.type === 'pointerover' ? this.#positionOf(event)?.row : undefined;
    for (const part of this.querySelectorAll('[data-hovered]')) part.removeAttribute('data-hovered');
    if (row === undefined || row < 0) return;
    for (const part of this.querySelectorAll(`[data-row="${row}"]`)) part.setAttribute('data-hovered', '');
  };

  #moveTo(position: GridPosition): void {
    this.#active = within(position, { rows: this.source.count, columns: this.columns.length });
    this.#focusAfterUpdate = true;
    const viewport = this.#viewport;
    const placed = this.#layout.scrolling.find(({ index }) => index === this.#active.column);
    if (viewport) {
      const view = { ...this.#scroll };
      if (this.#active.row >= 0) {
        const item = { start: this.#active.row * rowHeight + headHeight, size: rowHeight };
        view.top = scrollToShow(item, { scroll: view.top, size: this.#size.height, before: headHeight });
      }
      if (placed) {
        const item = { start: placed.left, size: placed.width };
        const before = this.#layout.frozenWidth;
        view.left = scrollToShow(item, { scroll: view.left, size: this.#size.width, before });
      }
      viewport.scrollTo(view);
    }
    this.emit('grid-active', { row: this.#active.row });
    this.requestUpdate();
  }

  #onScroll = ({ currentTarget }: Event): void => {
    if (!(currentTarget instanceof HTMLElement)) return;
    this.#scroll = { top: currentTarget.scrollTop, left: currentTarget.scrollLeft };
    for (const part of this.querySelectorAll('[data-hovered]')) part.removeAttribute('data-hovered');
    this.requestUpdate();
    this.emit('grid-scroll', this.scrollPosition);
  };

  #onKey = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset.column === undefined) return;
    const { row, column: index } = this.#active;
    const column = this.columns[index];
    if (row < 0 && column && this.#onHeadKey(event, column)) {
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor((this.#size.height - headHeight) / rowHeight) - 1);
    const next = event.altKey
      ? null
      : moveByKey(this.#active, event, { rows: this.source.count, columns: this.columns.length, page });
    if (next) {
      event.preventDefault();
      if (event.shiftKey && this.multiselect && next.row !== row && next.row >= 0) {
        this.#act({ row: next.row, column: index, action: 'extend', event });
      }
      this.#moveTo(next);
      return;
    }
    if (row < 0 || !column) return;
    const action = actionOfKey(event, this.multiselect);
    if (action !== null && this.#act({ row, column: index, action, event })) event.preventDefault();
  };

  #onHeadKey(event: KeyboardEvent, column: GridColumn): boolean {
    const width = [...this.#layout.frozen, ...this.#layout.scrolling].find((placed) => placed.column === column)?.width;
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      if (column.resizable === false || width === undefined) return false;
      this.#resizeTo(column.id, width + (event.key === 'ArrowLeft' ? -resizeStep : resizeStep));
      return true;
    }
    if (event.key !== 'Enter' && event.key !== ' ') return false;
    this.#sortBy(column, event.shiftKey);
    return true;
  }

  #onClick = (event: MouseEvent): void => {
    const at = this.#positionOf(event);
    const column = at && this.columns[at.column];
    if (!at || !column) return;
    this.#active = at;
    this.#focusAfterUpdate = true;
    this.requestUpdate();
    if (at.row < 0) this.#sortBy(column, event.shiftKey);
    else this.#act({ ...at, action: this.#actionOf(event) ?? 'click', event });
  };

  #onDoubleClick = (event: MouseEvent): void => {
    const at = this.#positionOf(event);
    if (at && at.row >= 0 && this.#actionOf(event) === undefined) this.#act({ ...at, action: 'open', event });
  };

  #onContextMenu = (event: MouseEvent): void => {
    const at = this.#positionOf(event);
    if (!at || at.row < 0) return;
    this.#active = at;
    if (this.#act({ ...at, action: 'ContextMenu', event })) event.preventDefault();
  };

  /** Tells of an action; true where someone took it up. */
  #act(told: { row: number; column: number; action: string; event: MouseEvent | KeyboardEvent }): boolean {
    const { row, column, action, event } = told;
    const id = this.columns[column]?.id ?? '';
    const detail: GridAction = {
      row,
      column: id,
      action,
      shift: event.shiftKey,
      toggle: event.ctrlKey || event.metaKey,
      cell: this.querySelector<HTMLElement>(`[data-row="${row}"] [data-column="${column}"]`),
    };
    return !this.dispatchEvent(new CustomEvent('grid-action', { detail, cancelable: true, bubbles: true }));
  }

  #positionOf(event: Event): GridPosition | null {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-column]') : null;
    const row = cell?.closest<HTMLElement>('[data-row]');
    if (!cell || !row) return null;
    return { row: Number(row.dataset.row), column: Number(cell.dataset.column) };
  }

  #actionOf(event: Event): string | undefined {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-action]') : null;
    return element && this.contains(element) ? element.dataset.action : undefined;
  }

  #sortBy(column: GridColumn, add: boolean): void {
    if (column.sortable) this.emit('grid-sort', { column: column.id, add });
    else this.emit('grid-head', { column: column.id });
  }

  #resize(event: PointerEvent, id: string, width: number): void {
    event.preventDefault();
    const handle = event.currentTarget;
    if (!(handle instanceof HTMLElement)) return;
    handle.setPointerCapture(event.pointerId);
    const from = event.clientX;
    const move = (moved: PointerEvent) => this.#resizeTo(id, width + moved.clientX - from);
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
      once: true,
    });
  }

  /** As wide as the widest cell in sight. */
  #fit(event: Event, id: string, index: number): void {
    event.stopPropagation();
    const cells = [...this.querySelectorAll<HTMLElement>(`[data-column="${index}"]`)];
    const contents = cells.map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect().width;
    });
    this.#resizeTo(id, Math.min(600, Math.max(...contents) + 24));
  }

  #resizeTo(column: string, width: number): void {
    this.emit('grid-resize', { column, width: Math.max(minimumColumnWidth, Math.round(width)) });
  }
}

/** Ctrl+C and the like are the editor's: of those only Ctrl+A is an action, where several rows can be selected. */
function actionOfKey({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, multiselect: boolean): string | null {
  if (ctrlKey || metaKey || altKey) return key === 'a' && !altKey && multiselect ? 'all' : null;
  return key === 'Enter' ? 'open' : key === ' ' ? 'space' : key;
}

export interface GridAction {
  readonly row: number;
  readonly column: string;
  readonly action: string;
  readonly shift: boolean;
  readonly toggle: boolean;
  readonly cell: HTMLElement | null;
}

declare global {
  interface HTMLElementTagNameMap {
    'data-grid': DataGrid;
  }
  interface HTMLElementEventMap {
    'grid-action': CustomEvent<GridAction>;
    'grid-range': CustomEvent<GridRange>;
    'grid-sort': CustomEvent<{ column: string; add: boolean }>;
    'grid-resize': CustomEvent<{ column: string; width: number }>;
    'grid-scroll': CustomEvent<{ top: number; left: number }>;
    'grid-active': CustomEvent<{ row: number }>;
    'grid-head': CustomEvent<{ column: string }>;
  }
}

customElements.define('data-grid', DataGrid);
