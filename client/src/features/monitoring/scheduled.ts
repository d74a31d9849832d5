import { workspace } from 'vscode';

/** What a Monitor document may be in. */
export const monitorFiles = '**/{*.mlops.yaml,*.mlops.yml,mlops.yaml,mlops.yml}';
const mostFiles = 2_000;

/** Whether a text has a Monitor document with a schedule, as far as a quick look tells: the server reads it properly. */
export function isScheduled(text: string): boolean {
  return text
    .split(/^---.*$/m)
    .some((document) => /^kind:\s*["']?Monitor\b/m.test(document) && /^schedule:/m.test(document));
}

/** Whether a document of the workspace wants to be checked by itself, and the settings let it. */
export async function hasScheduledMonitor(): Promise<boolean> {
  if (workspace.getConfiguration('mlops').get('monitoring.schedules') === false) return false;
  const files = await workspace.findFiles(monitorFiles, '**/node_modules/**', mostFiles);
  for (const file of files) {
    const text = await workspace.fs.readFile(file).then(
      (bytes) => new TextDecoder().decode(bytes),
      () => '',
    );
    if (isScheduled(text)) return true;
  }
  return false;
}
