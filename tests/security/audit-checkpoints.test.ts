import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditVerdict, CheckpointReason } from '#schemas/domain/audit.ts';
import { signCheckpoint } from '#server/models/audit/checkpoint.ts';
import { signDsse } from '#server/models/signing/dsse.ts';
import { anchorAuditLog, signAuditLog, verifyAuditLog } from '#server/models/verify-audit.ts';
import { act, draft } from '../integration/models/drafts.ts';
import { ecKey, type TestKey } from '../testbeds/certificates.ts';
import { registryWithLog, rewrite } from './audit-logs.ts';

let ana: TestKey;
let eve: TestKey;

beforeAll(async () => {
  [ana, eve] = [await ecKey(), await ecKey('P-384')];
});

type Log = Awaited<ReturnType<typeof registryWithLog>>;

/** What signing and verifying need of a workspace in which ana is a member. */
async function contextOf({ folder, registry }: Log) {
  await writeFile(join(folder, 'ana.pub'), ana.publicPem);
  return {
    registry,
    audit: registry,
    folder,
    people: {
      members: [{ name: 'ana', role: 'maintainer', publicKey: 'ana.pub' }],
      folder,
      roleAllows: () => true,
      actor: async () => 'ana',
      authorize: async () => 'ana',
    },
    now: () => 1_800_000_000_000,
  };
}

/** A log of four entries with a checkpoint of the last by ana. */
async function signedLog() {
  const log = await registryWithLog();
  const context = await contextOf(log);
  const signed = await signAuditLog(context, ana.privateKey);
  return { ...log, context, signed };
}
type SignedLog = Awaited<ReturnType<typeof signedLog>>;

// biome-ignore lint/suspicious/noExplicitAny: tamperings write what no type allows
type Loose = any;

/** Changes what a checkpoint says, and leaves its signature. */
const edited =
  (change: (statement: Loose) => void) =>
  async ({ signed: { file } }: SignedLog) => {
    const envelope: Loose = JSON.parse(await readFile(file, 'utf8'));
    const statement: Loose = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    change(statement);
    envelope.payload = Buffer.from(JSON.stringify(statement)).toString('base64');
    await writeFile(file, JSON.stringify(envelope));
  };

describe('checkpoints of an audit log', () => {
  it('hold while the log is as it was, and while it grows', async () => {
    const { registry, context, signed } = await signedLog();
    expect(signed).toMatchObject({ seq: 4, hash: (await registry.head())?.hash, signer: 'ana' });
    await registry.register(draft({ bump: 'major' }), act('register'));
    expect(await verifyAuditLog(context)).toMatchObject({
      ...{ intact: true, entries: 5, brokenAt: null, problem: null },
      checkpoints: [{ seq: 4, signer: 'ana', time: 1_800_000_000_000, problem: null }],
    });
    await signAuditLog(context, ana.privateKey);
    expect((await verifyAuditLog(context)).checkpoints.map(({ seq }) => seq)).toEqual([4, 5]);
  });

  const tamperings: readonly (readonly [
    string,
    CheckpointReason,
    { readonly brokenAt: number | null; readonly detail: RegExp; readonly problem?: AuditVerdict['problem'] },
    (log: SignedLog) => unknown,
  ])[] = [
    [
      'no JSON',
      'malformed',
      { brokenAt: null, detail: /It is no JSON/ },
      ({ signed }) => writeFile(signed.file, 'yes'),
    ],
    [
      'nothing in its file',
      'malformed',
      { brokenAt: null, detail: /It is no JSON/ },
      ({ signed }) => writeFile(signed.file, ''),
    ],
    [
      'a statement of another kind',
      'malformed',
      { brokenAt: null, detail: /no checkpoint of this form/ },
      edited((statement) => {
        statement.predicateType = 'https://mlops-workbench.dev/attestations/approval/v1';
      }),
    ],
    [
      'another subject',
      'malformed',
      { brokenAt: null, detail: /Its subject/ },
      edited((statement) => {
        statement.subject[0].name = 'sqlite:other#4';
      }),
    ],
    [
      'another number of entries',
      'bad-signature',
      { brokenAt: null, detail: /changed after ana signed it/ },
      edited((statement) => {
        statement.subject[0].name = statement.subject[0].name.replace('#4', '#3');
        statement.predicate.seq = 3;
      }),
    ],
    [
      'another time',
      'bad-signature',
      { brokenAt: null, detail: /changed after ana signed it/ },
      edited((statement) => {
        statement.predicate.time += 1;
      }),
    ],
    [
      'a signature by another key under the name of a member’s',
      'bad-signature',
      { brokenAt: null, detail: /changed after ana signed it/ },
      async ({ signed: { file } }) => {
        const { payloadType, payload }: Loose = JSON.parse(await readFile(file, 'utf8'));
        await writeFile(file, JSON.stringify(signDsse(payloadType, Buffer.from(payload, 'base64'), eve.privateKey)));
      },
    ],
    [
      'a key that nobody knows',
      'unknown-key',
      { brokenAt: null, detail: /is no member’s/ },
      async ({ registry, signed: { file, seq, hash } }) => {
        const claims = { log: (await registry.id()) ?? '', seq, hash, signer: 'ana', time: 1 };
        await writeFile(file, signCheckpoint(claims, eve.privateKey));
      },
    ],
    [
      'an end that was cut off',
      'cut',
      {
        brokenAt: 4,
        detail: /^The log ends at entry 3, but the checkpoint audit\/000004-.* signed by ana, knows entry 4/,
      },
      ({ database }) => database.exec('DELETE FROM audit WHERE seq = 4'),
    ],
    [
      'all entries gone',
      'cut',
      { brokenAt: 1, detail: /^The log is empty, but/ },
      ({ database }) => database.exec('DELETE FROM audit'),
    ],
    [
      'a log that was written anew from an entry on, whole by itself',
      'rewritten',
      { brokenAt: 4, detail: /^Entry 4 is not the one that the checkpoint audit\/.* knows: the log was written anew/ },
      ({ database }) => rewrite(database, 2, () => ({ actor: 'eve' })),
    ],
    [
      'an entry that was changed before the one that is signed',
      'broken',
      { brokenAt: 2, problem: 'changed', detail: /^Entry 2 was changed/ },
      ({ database }) => database.exec(`UPDATE audit SET entry = replace(entry, '"ben"', '"eve"') WHERE seq = 2`),
    ],
    [
      'a log that was wholly written anew, and grew since',
      'rewritten',
      { brokenAt: 4, detail: /the log was written anew/ },
      async ({ database, registry }) => {
        rewrite(database, 1, () => ({ reason: 'never mind' }));
        await registry.register(draft({ bump: 'major' }), act('register', { actor: 'eve' }));
      },
    ],
  ];
  it.each(tamperings)(
    'are refused for %s: %s',
    async (_, reason, { brokenAt, detail, problem = 'checkpoint' }, tamper) => {
      const log = await signedLog();
      await tamper(log);
      const verdict = await verifyAuditLog(log.context);
      expect(verdict).toMatchObject({
        intact: false,
        brokenAt,
        problem,
        checkpoints: [{ problem: { reason } }],
      });
      expect(verdict.detail).toMatch(detail);
    },
  );

  it('of another registry are refused, until a member vouches for this one', async () => {
    const [other, log] = [await signedLog(), await registryWithLog()];
    const context = await contextOf(log);
    const name = other.signed.file.split(/[\\/]/).at(-1) ?? '';
    await signAuditLog(context, ana.privateKey);
    const own = (await readdir(join(log.folder, 'audit')))[0] ?? '';
    await rename(join(log.folder, 'audit', own), join(log.folder, own));
    await copyFile(other.signed.file, join(log.folder, 'audit', name));
    expect(await verifyAuditLog(context)).toMatchObject({
      ...{ intact: false, brokenAt: null, problem: 'checkpoint' },
      checkpoints: [{ file: name, problem: { reason: 'other-registry' } }],
    });
    await signAuditLog(context, ana.privateKey);
    const verdict = await verifyAuditLog(context);
    expect(verdict.intact).toBe(true);
    expect(verdict.checkpoints.map(({ problem }) => problem?.reason ?? null).sort()).toEqual([null, 'other-registry']);
  });

  it('have to be by a key that is named, whoever is a member', async () => {
    const { context, signed, folder } = await signedLog();
    const named = (name: string, { publicKey: key }: TestKey) => [{ name, key }];
    expect(await verifyAuditLog(context, named('ana.pub', ana))).toMatchObject({ intact: true });
    expect(await verifyAuditLog(context, named('eve.pub', eve))).toMatchObject({
      ...{ intact: false, problem: 'checkpoint', detail: 'No checkpoint in audit/ is signed by eve.pub.' },
    });
    const stranger = await signAuditLog(context, eve.privateKey);
    expect(stranger.signer).toBeNull();
    expect(await verifyAuditLog(context)).toMatchObject({ intact: false });
    expect(await verifyAuditLog(context, named('eve.pub', eve))).toMatchObject({ intact: true });
    // Somebody takes the file away, or makes a key of their own a member's.
    await rename(signed.file, join(folder, 'elsewhere.json'));
    expect(await verifyAuditLog(context, [...named('ana.pub', ana)])).toMatchObject({ intact: false });
  });

  it('are not signed, and the head is not anchored, where the log lost entries', async () => {
    const { database, context, folder } = await signedLog();
    rewrite(database, 2, () => ({ actor: 'eve' }));
    await expect(signAuditLog(context, ana.privateKey)).rejects.toMatchObject({ reason: 'corrupt' });
    expect(await readdir(join(folder, 'audit'))).toHaveLength(1);
    database.exec(`UPDATE audit SET entry = replace(entry, '"eve"', '"ana"') WHERE seq = 2`);
    await expect(anchorAuditLog(context)).rejects.toMatchObject({ reason: 'corrupt' });
  });
});
