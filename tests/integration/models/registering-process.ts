import { SqliteRegistry } from '#server/models/backends/sqlite/registry.ts';
import { FailureError } from '#server/platform/failure.ts';
import { act, draft } from './drafts.ts';

// One of several processes that write to one registry: `node registering-process.ts FILE NAME COUNT`.
const [path = '', actor = '', count = '0'] = process.argv.slice(2);
const registry = new SqliteRegistry({ path });
await registry.initialize();
for (let index = 0; index < Number(count); index++) {
  const { version } = await registry.register(draft(), act('register', { actor }));
  await promote(version);
}
await registry.cleanup();

/** Moves the champion to a version; where another process was first, looks again. */
async function promote(version: string): Promise<void> {
  for (;;) {
    const from = (await registry.aliases('churn')).get('champion') ?? null;
    try {
      return await registry.change(
        'churn',
        [{ type: 'alias', alias: 'champion', from, to: version }],
        act('promote', { actor }),
      );
    } catch (error) {
      if (!(error instanceof FailureError) || error.reason !== 'busy') throw error;
    }
  }
}
