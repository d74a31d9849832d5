import { type FSWatcher, watch } from 'node:fs';
import { configurationFile, environmentFile } from './locate.ts';

const interesting: ReadonlySet<string> = new Set([
  configurationFile,
  environmentFile,
  'mlflow.db',
  'mlruns',
  'wandb',
  '.neptune',
]);

/** Editors write a file in several steps: what comes within this time is one change. */
const settleMs = 100;

/**
 * Tells when a file that configures a folder, or a store found in it, comes, goes or changes. Folders are watched, not
 * files: a file that is replaced by a rename stays in sight.
 */
export function watchConfiguration(folders: readonly string[], onChange: () => void): { dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  const changed = (event: string, name: string | null) => {
    if (name !== null && !interesting.has(name)) return;
    // A store's own writes are no change of the configuration.
    if (event === 'change' && name !== configurationFile && name !== environmentFile) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  };
  const watchers = folders.flatMap((folder): FSWatcher[] => {
    try {
      const watcher = watch(folder, { persistent: false }, changed);
      // A folder that goes away ends its watch; there is nothing left to see.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
  return {
    dispose() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
