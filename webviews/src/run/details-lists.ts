import { html, nothing, type TemplateResult } from 'lit';
import type { Dataset, LoggedModel } from '#schemas/domain/run.ts';
import { format } from '../shared/format.ts';
import { iconButton } from '../shared/icons.ts';
import { emptyNotice } from '../shared/notices.ts';
import { flatPairs, prettyJson, schemaColumns } from './dataset-schema.ts';

type Copy = (text: string) => void;

export function datasetList(datasets: readonly Dataset[], onCopy: Copy): TemplateResult {
  if (datasets.length === 0) {
    return emptyNotice({
      icon: 'database',
      title: 'No datasets',
      detail: 'They appear where training calls mlflow.log_input or autologging does.',
    });
  }
  return html`<div class="cards">
    ${datasets.map(
      (dataset) => html`<section class="card" aria-label="Dataset ${dataset.name}">
        <h2>${dataset.name}${dataset.context ? html` <span class="badge">${dataset.context}</span>` : nothing}</h2>
        <dl class="facts">
          ${fact('Digest', dataset.digest, onCopy)} ${fact('Source type', dataset.sourceType)}
          ${pairsOr('Source', dataset.source, onCopy)} ${dataset.profile ? pairsOr('Profile', dataset.profile) : nothing}
        </dl>
        ${dataset.schema ? schemaTable(dataset.schema) : nothing}
      </section>`,
    )}
  </div>`;
}

export function modelList(models: readonly LoggedModel[], onCopy: Copy): TemplateResult {
  if (models.length === 0) {
    return emptyNotice({
      icon: 'package',
      title: 'No logged models',
      detail: 'They appear when training calls log_model of an MLflow flavour, with MLflow 3 or newer.',
    });
  }
  return html`<div class="cards">
    ${models.map(
      (model) => html`<section class="card" aria-label="Model ${model.name}">
        <h2>
          ${model.name} <span class="badge">${model.status}</span>${
            model.modelType ? html` <span class="badge">${model.modelType}</span>` : nothing
          }
        </h2>
        <dl class="facts">
          ${fact('ID', model.id, onCopy)} ${fact('Artifacts', model.artifactUri, onCopy)}
          ${model.createdAt === null ? nothing : fact('Created', format.dateTime(model.createdAt))}
          ${Object.entries(model.params).map(([key, value]) => fact(key, value))}
          ${Object.entries(model.tags).map(([key, value]) => fact(key, value))}
        </dl>
        ${
          model.metrics.length > 0
            ? html`<table class="small-table">
                <caption>Metrics</caption>
                <thead>
                  <tr><th scope="col">Metric</th><th scope="col" class="align-end">Value</th><th scope="col">Dataset</th></tr>
                </thead>
                <tbody>
                  ${model.metrics.map(
                    ({ key, value, dataset }) => html`<tr>
                      <td>${key}</td>
                      <td class="align-end" title=${format.exact(value)}>${format.number(value)}</td>
                      <td>${dataset ?? '–'}</td>
                    </tr>`,
                  )}
                </tbody>
              </table>`
            : nothing
        }
      </section>`,
    )}
  </div>`;
}

export function fact(name: string, value: string, onCopy?: Copy): TemplateResult {
  return html`<div class="fact">
    <dt>${name}</dt>
    <dd>
      <span class="fact-value">${value}</span>${
        onCopy
          ? iconButton({ icon: 'copy', label: `Copy ${name.toLowerCase()}`, onClick: () => onCopy(value) })
          : nothing
      }
    </dd>
  </div>`;
}

/** JSON of one level as facts of their own, anything else as it is. */
function pairsOr(name: string, text: string, onCopy?: Copy): TemplateResult {
  const pairs = flatPairs(text);
  if (!pairs) return fact(name, text, onCopy);
  return html`${pairs.map(([key, value]) => fact(pairs.length === 1 ? name : `${name}: ${key}`, value, onCopy))}`;
}

function schemaTable(schema: string): TemplateResult {
  const columns = schemaColumns(schema);
  if (!columns)
    return html`<pre class="raw" tabindex="0" role="region" aria-label="Schema">${prettyJson(schema)}</pre>`;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Schema">
    <table class="small-table">
      <caption>
        ${format.count(columns.length)} columns
      </caption>
      <thead>
        <tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Required</th></tr>
      </thead>
      <tbody>
        ${columns.map(
          ({ name, type, required }) => html`<tr>
            <td>${name}</td>
            <td>${type}</td>
            <td>${required === null ? '–' : required ? 'yes' : 'no'}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
