import { html, nothing, type TemplateResult } from 'lit';
import type { ArtifactPreview } from '#schemas/protocol/experiments.ts';
import { format } from '../shared/format.ts';
import type { GridSource } from '../shared/grid-rows.ts';
import { emptyNotice } from '../shared/notices.ts';
import { lineNumbers } from './line-numbers.ts';

/** A look into one file. */
export function previewContent(path: string, preview: ArtifactPreview): TemplateResult {
  switch (preview.type) {
    case 'text':
      return textPreview(path, preview);
    case 'image':
      return html`<img class="preview-image" alt=${path} src="data:${preview.mimeType};base64,${preview.base64}" />`;
    case 'table':
      return html`${
        preview.truncated
          ? html`<p class="preview-note">The first ${format.count(preview.rows.length)} rows. Download the file to see all.</p>`
          : nothing
      }
        <div class="preview-table">${tablePreview(path, preview)}</div>`;
    case 'none':
      return emptyNotice({ icon: 'file-binary', title: 'No preview', detail: preview.reason });
  }
}

/** Two columns of text and no element for a line: thousands of lines stay quick. */
function textPreview(path: string, { text, truncated }: Extract<ArtifactPreview, { type: 'text' }>): TemplateResult {
  if (text === '') return emptyNotice({ icon: 'file', title: 'The file is empty' });
  return html`${truncated ? html`<p class="preview-note">The start of the file. Download it to see all.</p>` : nothing}
    <div class="preview-text" tabindex="0" role="region" aria-label=${path}>
      <pre class="preview-lines" aria-hidden="true">${lineNumbers(text)}</pre>
      <pre class="preview-code">${text}</pre>
    </div>`;
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
