import type { z } from 'zod';
import type { ArtifactEntry } from '#schemas/domain/run.ts';
import type { previewArtifact } from '#schemas/protocol/experiments.ts';

const entries: readonly ArtifactEntry[] = [
  { path: 'model', isDirectory: true, size: null },
  { path: 'model/MLmodel', isDirectory: false, size: 812 },
  { path: 'model/model.pkl', isDirectory: false, size: 184_233 },
  { path: 'model/requirements.txt', isDirectory: false, size: 96 },
  { path: 'plots', isDirectory: true, size: null },
  { path: 'plots/confusion.png', isDirectory: false, size: 4_210 },
  { path: 'predictions.csv', isDirectory: false, size: 21_480 },
];

export function artifactsUnder(folder: string): ArtifactEntry[] {
  const depth = folder === '' ? 1 : folder.split('/').length + 1;
  return entries.filter(
    ({ path }) => path.split('/').length === depth && (folder === '' || path.startsWith(`${folder}/`)),
  );
}

// One red pixel.
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

export function artifactPreviewOf(path: string): z.input<typeof previewArtifact.result> {
  const size = entries.find((entry) => entry.path === path)?.size ?? null;
  if (path.endsWith('.png')) return { size, preview: { type: 'image', mimeType: 'image/png', base64: image } };
  if (path.endsWith('.csv')) {
    const rows = Array.from({ length: 200 }, (_, row) => [String(row), String(row % 2), (row / 200).toFixed(3)]);
    return { size, preview: { type: 'table', columns: ['customer', 'churned', 'score'], rows, truncated: true } };
  }
  if (path.endsWith('.pkl')) return { size, preview: { type: 'none', reason: 'Binary files have no preview.' } };
  const text = 'artifact_path: model\nflavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.7.2\n';
  return { size, preview: { type: 'text', text, truncated: false, language: 'yaml' } };
}
