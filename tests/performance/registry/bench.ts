import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findVersion } from '#server/models/find-version.ts';
import { manyModels } from '../../testbeds/many-models.ts';
import { type BenchResult, medianTime } from '../result.ts';

const MODELS = 1_000;
const VERSIONS = 10;
const TIMES = 15;

/** Lists, resolves and searches 10,000 versions of 1,000 models, as the server does. */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-registry-'));
  const path = join(folder, 'models.db');
  const registry = await manyModels(path, { models: MODELS, versions: VERSIONS });
  try {
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
