import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { GridPosition } from './grid-keys.ts';
import type { GridColumn, GridLayout, GridSort, PlacedColumn } from './grid-layout.ts';
import { icon } from './icons.ts';
import { place } from './place.ts';

/** Where a grid's rows come from. A row that is not there yet is shown as a placeholder. */
export interface GridSource {
  readonly count: number;
  has(row: number): boolean;
  /** A template or text. */
  cell(row: number, column: GridColumn): unknown;
  /** The heading that takes a whole row; undefined for an ordinary row. */
  section?(row: number): string | undefined;
  /** Undefined where rows can't be selected. */
  selected?(row: number): boolean;
  rowClass?(row: number): string;
}

export const rowHeight = 24;
export const headHeight = 28;

/** What a grid shows of its rows and columns. */
export interface GridView {
  readonly rows: readonly { readonly index: number; readonly start: number; readonly slot: number | string }[];
  /** The scrolling columns in sight. */
  readonly columns: readonly (PlacedColumn & { readonly slot: number | string })[];
  /** All columns, in sight or not. */
  readonly columnCount: number;
  readonly layout: GridLayout;
  readonly source: GridSource;
  readonly sort: readonly GridSort[];
  readonly active: GridPosition;
  /** Begins the ids of its elements. */
  readonly id: string;
  readonly onResize: (event: PointerEvent, column: string, width: number) => void;
  readonly onFit: (event: Event, column: string, index: number) => void;
}

export function gridHead(view: GridView): TemplateResult {
  const { layout, columns } = view;
  return html`<div class="grid-head" role="row" aria-rowindex="1" data-row="-1">
    <div class="grid-frozen" role="presentation" ${place({ width: `${layout.frozenWidth}px` })}>
      ${layout.frozen.map((placed) => heading(view, placed))}
    </div>
    ${repeat(
      columns,
      ({ slot }) => slot,
      (placed) => heading(view, placed),
    )}
  </div>`;
}

function heading(view: GridView, { column, index, left, width }: PlacedColumn): TemplateResult {
  const order = view.sort.findIndex(({ column: id }) => id === column.id);
  const sort = view.sort[order];
  const ariaSort = sort ? (sort.descending ? 'descending' : 'ascending') : column.sortable ? 'none' : nothing;
  return html`<div
    class="grid-heading align-${column.align ?? 'start'} ${column.sortable ? 'sortable' : ''} ${column.icons ? 'icon-column' : ''}"
    role="columnheader"
    aria-colindex=${index + 1}
    aria-sort=${ariaSort}
    title=${column.title ?? column.label}
    data-column=${index}
    tabindex=${tabIndex(view, -1, index)}
    ${place({ left: `${left}px`, width: `${width}px` })}
  >
    <span class="grid-heading-text">${column.header ?? column.label}</span>
    ${column.header === undefined ? nothing : html`<span class="visually-hidden">${column.label}</span>`}
    ${
      sort
        ? html`<span class="grid-sort">${icon(sort.descending ? 'arrow-down' : 'arrow-up')}${
            view.sort.length > 1 ? html`<span class="grid-sort-order">${order + 1}</span>` : nothing
          }</span>`
        : nothing
    }
    ${
      column.resizable === false
        ? nothing
        : html`<span
            class="grid-resizer"
            @pointerdown=${(event: PointerEvent) => view.onResize(event, column.id, width)}
            @dblclick=${(event: Event) => view.onFit(event, column.id, index)}
            @click=${(event: Event) => event.stopPropagation()}
          ></span>`
    }
  </div>`;
}

/**
 * The rows in sight. Each is of two parts: the frozen cells, all of which lie in one element that sticks (one for each row
 * would be a layer for each row), and the others. The first is the row to assistive technology and owns the second.
 */
export function gridRows(view: GridView): TemplateResult {
  return html`<div
    class="grid-frozen grid-frozen-rows"
    role="presentation"
    ${place({ width: `${view.layout.frozenWidth}px` })}
  >
    ${repeat(
      view.rows,
      ({ slot }) => slot,
      (row) => frozenPart(view, row),
    )}
  </div>`;
}

/** The parts of the rows that {@link gridRows} owns. They stand outside of the grid's own element. */
export function gridScrollingParts(view: GridView): TemplateResult {
  return html`${repeat(
    view.rows,
    ({ slot }) => slot,
    (row) => scrollingPart(view, row),
  )}`;
}

function frozenPart(view: GridView, { index: row, start, slot }: GridView['rows'][number]): TemplateResult {
  const { source, layout, columnCount, active } = view;
  const section = source.section?.(row);
  const ready = section === undefined && source.has(row);
  const selected = ready ? source.selected?.(row) : undefined;
  const own = active.row === row;
  return html`<div
    class=${rowClass(source, row, section)}
    role="row"
    aria-rowindex=${row + 2}
    aria-selected=${selected === undefined ? nothing : String(selected)}
    aria-busy=${ready || section !== undefined ? nothing : 'true'}
    aria-owns=${section === undefined ? partId(view, slot) : nothing}
    data-row=${row}
    ${place({ transform: `translateY(${start}px)` })}
  >
    ${
      section === undefined
        ? layout.frozen.map((placed) => cell(view, row, placed, ready))
        : html`<div
            class="grid-section-text"
            role="gridcell"
            aria-colindex="1"
            aria-colspan=${columnCount}
            data-column=${own ? active.column : 0}
            tabindex=${own ? 0 : -1}
          >
            ${section}
          </div>`
    }
  </div>`;
}

function scrollingPart(view: GridView, { index: row, start, slot }: GridView['rows'][number]): TemplateResult {
  const { source, columns } = view;
  const section = source.section?.(row);
  const ready = section === undefined && source.has(row);
  const selected = ready && source.selected?.(row) === true;
  return html`<div
    class="${rowClass(source, row, section)} ${selected ? 'selected' : ''}"
    role="presentation"
    id=${partId(view, slot)}
    data-row=${row}
    ${place({ transform: `translateY(${start + headHeight}px)` })}
  >
    ${
      section === undefined
        ? repeat(
            columns,
            ({ slot }) => slot,
            (placed) => cell(view, row, placed, ready),
          )
        : nothing
    }
  </div>`;
}

function partId({ id }: GridView, slot: number | string): string {
  return `${id}-${slot}`;
}

function rowClass(source: GridSource, row: number, section: string | undefined): string {
  if (section !== undefined) return 'grid-row grid-section';
  const own = source.has(row) ? (source.rowClass?.(row) ?? '') : 'pending';
  return `grid-row ${own} ${row % 2 ? 'odd' : 'even'}`;
}

function cell(
  view: GridView,
  row: number,
  { column, index, left, width }: PlacedColumn,
  ready: boolean,
): TemplateResult {
  return html`<div
    class="grid-cell align-${column.align ?? 'start'} ${column.icons ? 'icon-column' : ''}"
    role=${column.names ? 'rowheader' : 'gridcell'}
    aria-colindex=${index + 1}
    data-column=${index}
    tabindex=${tabIndex(view, row, index)}
    ${place({ left: `${left}px`, width: `${width}px` })}
  >
    ${ready ? view.source.cell(row, column) : html`<span class="skeleton" aria-hidden="true"></span>`}
  </div>`;
}

function tabIndex({ active }: GridView, row: number, column: number): number {
  return active.row === row && active.column === column ? 0 : -1;
}
