import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteRegistry } from '#server/models/backends/sqlite/registry.ts';
import { findVersion } from '#server/models/find-version.ts';
import { act, draft } from '../../integration/models/drafts.ts';
import { type BenchResult, medianTime } from '../result.ts';

const MODELS = 1_000;
const VERSIONS = 10;
const TIMES = 15;

/** Lists, resolves and searches 10,000 versions of 1,000 models, as the server does. */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-registry-'));
  const path = join(folder, 'models.db');
  const registry = new SqliteRegistry({ path });
  try {
    await fill(registry, path);
    const title = `${(MODELS * VERSIONS).toLocaleString('en')} versions of ${MODELS.toLocaleString('en')} models`;
    const measured = async (name: string, call: () => Promise<unknown>): Promise<BenchResult> => {
      await call();
      const ours = await medianTime(TIMES, call);
      return { figure: `${title}: ${name}`, unit: 'ms', ours, peer: null, target: { atMost: 50 } };
    };
    return [
      await measured('list all', () => registry.listModels({ text: '', archived: true })),
      await measured('search words', () => registry.listModels({ text: 'team-7 sklearn', archived: false })),
      await measured('resolve a range', () => findVersion(registry, 'model-500@^1.2')),
      await measured('resolve an alias', () => findVersion(registry, 'model-900@champion')),
    ];
  } finally {
    await registry.cleanup();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(registry: SqliteRegistry, path: string): Promise<void> {
  await registry.initialize();
  // A commit of each would be brought to the disk: here only the reading is measured.
  await registry.register(draft({ model: 'model-0' }), act('register'));
  const fast = new DatabaseSync(path);
  fast.exec('PRAGMA synchronous = OFF');
  fast.close();
  for (let model = 0; model < MODELS; model += 1) {
    const name = `model-${model}`;
    for (let version = model === 0 ? 1 : 0; version < VERSIONS; version += 1) {
      const metadata = { ...draft().metadata, tags: { team: `team-${model % 10}` } };
      await registry.register(draft({ model: name, bump: 'minor', metadata }), act('register'));
    }
    const alias = { type: 'alias', alias: 'champion', from: null, to: '1.3.0' } as const;
    await registry.change(name, [alias], act('set alias'));
  }
}
