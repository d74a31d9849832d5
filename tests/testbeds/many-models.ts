import { DatabaseSync } from 'node:sqlite';
import { SqliteRegistry } from '#server/models/backends/sqlite/registry.ts';
import { act, draft } from '../integration/models/drafts.ts';

/** Writes `models` models `model-0`, `model-1`, … with `versions` versions each into a new registry at `path`. */
export async function manyModels(
  path: string,
  { models, versions }: { readonly models: number; readonly versions: number },
): Promise<SqliteRegistry> {
  const registry = new SqliteRegistry({ path });
  await registry.initialize();
  // A commit of each would be brought to the disk: here only the reading matters.
  await registry.register(draft({ model: 'model-0' }), act('register'));
  const fast = new DatabaseSync(path);
  fast.exec('PRAGMA synchronous = OFF');
  fast.close();
  for (let model = 0; model < models; model += 1) {
    const name = `model-${model}`;
    for (let version = model === 0 ? 1 : 0; version < versions; version += 1) {
      const metadata = { ...draft().metadata, tags: { team: `team-${model % 10}` } };
      await registry.register(draft({ model: name, bump: 'minor', metadata }), act('register'));
    }
    const alias = { type: 'alias', alias: 'champion', from: null, to: '1.3.0' } as const;
    await registry.change(name, [alias], act('set alias'));
  }
  return registry;
}
