import { formatBytes } from '#schemas/domain/bytes.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { exitCodes } from '../exit.ts';
import { formatTime, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { withModels } from '../models.ts';
import { renderTable } from '../table.ts';
import { whileWaiting } from '../waiting.ts';

export interface ModelsListFlags {
  readonly search: string;
  readonly archived: boolean;
}

/** All models with their versions, highest first. */
export async function listModels(invocation: Invocation, { search, archived }: ModelsListFlags): Promise<number> {
  const { output, signal } = invocation;
  const models = await withModels(invocation, ({ registry }) =>
    whileWaiting(invocation, 'Reading the registry', () => registry.listModels({ text: search, archived }, signal)),
  );
  if (output.json) {
    const shown = models.map(({ name, versions }) => ({ name, versions: versions.map(toJson) }));
    await output.document({ models: shown });
    return exitCodes.done;
  }
  if (models.length === 0) {
    await output.note(
      search === '' ? 'There are no models yet. Register one: mlops model register DIR --name NAME' : 'Nothing fits.',
    );
    return exitCodes.done;
  }
  const rows = models.flatMap(({ versions }) => versions);
  const { text } = renderTable(
    rows,
    [
      { header: 'MODEL', cell: ({ model }) => model, shrinkTo: 12 },
      { header: 'VERSION', cell: ({ version }) => version },
      { header: 'STAGE', cell: ({ stage, archived: gone }) => stage ?? (gone ? 'archived' : ''), style: stageStyle },
      { header: 'ALIASES', cell: ({ aliases }) => aliases.map((alias) => `@${alias}`).join(' '), shrinkTo: 10 },
      { header: 'SIGNED', cell: ({ signed }) => (signed ? 'yes' : ''), optional: 1 },
      { header: 'SIZE', cell: ({ size }) => formatBytes(size), align: 'right', optional: 2 },
      { header: 'REGISTERED', cell: ({ createdAt }) => formatTime(createdAt), style: () => 'dim', optional: 3 },
      { header: 'BY', cell: ({ createdBy }) => createdBy, style: () => 'dim', shrinkTo: 6, optional: 4 },
    ],
    output,
  );
  await output.text(text);
  if (output.interactive) {
    await output.note(output.style('dim', `${plural(models.length, 'model')}, ${plural(rows.length, 'version')}`));
  }
  return exitCodes.done;
}

function stageStyle({ archived, stage }: ModelVersion) {
  if (archived) return 'dim';
  return stage === null ? null : 'green';
}

function toJson({ version, stage, aliases, rootDigest, signed, ...rest }: ModelVersion) {
  const { manifestDigest, size, fileCount, archived, createdAt, createdBy, framework } = rest;
  return {
    ...{ version, stage, aliases, rootDigest, signed },
    ...{ manifestDigest, size, files: fileCount, archived, createdAt, createdBy, framework },
  };
}
