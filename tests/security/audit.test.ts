import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { verifyChain } from '#server/models/audit/chain.ts';
import { registryWithLog, rewrite } from './audit-logs.ts';

const edit = (sql: string) => (database: DatabaseSync) => database.exec(sql);

describe('the audit log of a registry', () => {
  it('is as it was written', async () => {
    const { registry, heads } = await registryWithLog();
    expect(verifyChain(registry.entries(), heads)).toMatchObject({ intact: true, entries: 4, brokenAt: null });
  });

  const tamperings: readonly (readonly [
    string,
    { problem: string; brokenAt: number },
    (database: DatabaseSync) => unknown,
  ])[] = [
    [
      'another actor',
      { problem: 'changed', brokenAt: 2 },
      edit(`UPDATE audit SET entry = replace(entry, '"ben"', '"eve"') WHERE seq = 2`),
    ],
    [
      'another reason',
      { problem: 'changed', brokenAt: 3 },
      edit(`UPDATE audit SET entry = replace(entry, 'it is time', 'nobody asked') WHERE seq = 3`),
    ],
    [
      'no reason',
      { problem: 'changed', brokenAt: 3 },
      edit(`UPDATE audit SET entry = replace(entry, '"it is time"', 'null') WHERE seq = 3`),
    ],
    [
      'another time',
      { problem: 'changed', brokenAt: 1 },
      edit(`UPDATE audit SET entry = json_set(entry, '$.time', 1) WHERE seq = 1`),
    ],
    [
      'another target',
      { problem: 'changed', brokenAt: 4 },
      edit(`UPDATE audit SET entry = json_set(entry, '$.target', 'churn@1.0.0') WHERE seq = 4`),
    ],
    [
      'another after',
      { problem: 'changed', brokenAt: 3 },
      edit(`UPDATE audit SET entry = json_set(entry, '$.after', json('{}')) WHERE seq = 3`),
    ],
    [
      'another action',
      { problem: 'changed', brokenAt: 3 },
      edit(`UPDATE audit SET entry = json_set(entry, '$.action', 'register') WHERE seq = 3`),
    ],
    [
      'another hash in the column',
      { problem: 'malformed', brokenAt: 2 },
      edit(`UPDATE audit SET hash = '${'0'.repeat(64)}' WHERE seq = 2`),
    ],
    ['no JSON', { problem: 'malformed', brokenAt: 2 }, edit(`UPDATE audit SET entry = 'gone' WHERE seq = 2`)],
    ['a first entry that is gone', { problem: 'missing', brokenAt: 1 }, edit('DELETE FROM audit WHERE seq = 1')],
    ['a middle entry that is gone', { problem: 'missing', brokenAt: 3 }, edit('DELETE FROM audit WHERE seq = 3')],
    ['a last entry that is gone', { problem: 'anchor', brokenAt: 4 }, edit('DELETE FROM audit WHERE seq = 4')],
    ['all entries gone', { problem: 'anchor', brokenAt: 1 }, edit('DELETE FROM audit')],
    [
      'a past that was written anew',
      { problem: 'anchor', brokenAt: 4 },
      (database) => rewrite(database, 2, () => ({ actor: 'eve' })),
    ],
    [
      'an end that was written anew',
      { problem: 'anchor', brokenAt: 4 },
      (database) => rewrite(database, 4, () => ({ reason: 'cleaning up' })),
    ],
  ];
  it.each(tamperings)('is broken by %s', async (_, expected, tamper) => {
    const { registry, database, heads } = await registryWithLog();
    tamper(database);
    expect(verifyChain(registry.entries(), heads)).toMatchObject({ intact: false, ...expected });
  });

  it('that changed its order or got an entry more is broken there', async () => {
    const { registry } = await registryWithLog();
    const [first, second, third, fourth] = [...registry.entries()];
    expect(verifyChain([first, third, second, fourth])).toMatchObject({ intact: false, brokenAt: 2 });
    expect(verifyChain([first, second, second, third, fourth])).toMatchObject({ intact: false, brokenAt: 3 });
    expect(verifyChain([second, third, fourth])).toMatchObject({ intact: false, brokenAt: 1 });
  });
});
