import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a folder's mlops.yaml with these trackers, by name and address, in this order. */
export function writeTrackers(folder: string, trackers: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(trackers).map(([name, uri]) => `  - {name: ${name}, backend: mlflow, uri: "${uri}"}`);
  const lines = ['apiVersion: mlops/v1', 'kind: Workspace', 'metadata: {name: churn}', 'tracking:', ...entries, ''];
  return writeFile(join(folder, 'mlops.yaml'), lines.join('\n'));
}
