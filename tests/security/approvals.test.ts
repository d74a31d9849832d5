import { beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalPredicate, ApprovalSubject } from '#schemas/domain/approval.ts';
import { signApproval } from '#server/models/approvals/attestation.ts';
import { type ApprovalRules, judgeApprovals } from '#server/models/approvals/judge-approvals.ts';
import { signDsse } from '#server/models/signing/dsse.ts';
import { inTotoPayloadType } from '#server/models/signing/statement.ts';
import { ecKey, type TestKey } from '../testbeds/certificates.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const subject: ApprovalSubject = {
  ...{ registry: 'sqlite:1', model: 'churn', version: '1.2.0', from: 'staging', to: 'production' },
  ...{ manifestDigest: 'a'.repeat(64), rootDigest: 'b'.repeat(64), report: 'c'.repeat(64) },
};

let ana: TestKey;
let ben: TestKey;
let eve: TestKey;

beforeAll(async () => {
  [ana, ben, eve] = [await ecKey(), await ecKey('P-384'), await ecKey('P-521')];
});

let count = 0;
function claims(parts: Partial<ApprovalPredicate> = {}): Omit<ApprovalPredicate, 'key'> {
  count += 1;
  const nonce = count.toString(16).padStart(32, '0');
  return { ...subject, approver: 'ana', nonce, issuedAt: now - hour, expiresAt: now + hour, ...parts };
}

function rules(parts: Partial<ApprovalRules> = {}): ApprovalRules {
  return {
    subject,
    approvers: [
      { name: 'ana', role: 'maintainer', key: ana.publicKey },
      { name: 'ben', role: 'maintainer', key: ben.publicKey },
      { name: 'cem', role: 'developer', key: eve.publicKey },
    ],
    mayApprove: (role) => role === 'maintainer',
    now,
    consumed: new Set(),
    ...parts,
  };
}

const judge = (texts: readonly string[], parts: Partial<ApprovalRules> = {}) =>
  judgeApprovals(
    texts.map((text, index) => ({ file: `${index}.approval.json`, text })),
    rules(parts),
  );

// biome-ignore lint/suspicious/noExplicitAny: tamperings write what no type allows
type Loose = any;

/** An approval whose statement was changed after it was signed. */
function edited(change: (statement: Loose) => void): string {
  const envelope: Loose = JSON.parse(signApproval(claims(), ana.privateKey));
  const statement: Loose = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
  change(statement);
  envelope.payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  return JSON.stringify(envelope);
}

describe('approvals', () => {
  it('count where keys, subject and time are right', () => {
    const two = [signApproval(claims(), ana.privateKey), signApproval(claims({ approver: 'ben' }), ben.privateKey)];
    expect(judge(two).valid.map(({ approver }) => approver)).toEqual(['ana', 'ben']);
  });

  const tamperings: readonly (readonly [string, string, () => string, Partial<ApprovalRules>?])[] = [
    ['no JSON', 'malformed', () => 'yes'],
    ['nothing', 'malformed', () => ''],
    ['no envelope', 'malformed', () => '{"approved": true}'],
    [
      'another payload type',
      'malformed',
      () => JSON.stringify({ ...JSON.parse(signApproval(claims(), ana.privateKey)), payloadType: 'text/plain' }),
    ],
    [
      'no nonce',
      'malformed',
      () =>
        edited((s) => {
          delete s.predicate.nonce;
        }),
    ],
    [
      'a short nonce',
      'malformed',
      () =>
        edited((s) => {
          s.predicate.nonce = '0';
        }),
    ],
    [
      'a subject that is not what it approves',
      'malformed',
      () =>
        edited((s) => {
          s.subject[0].name = 'churn@9.9.9';
        }),
    ],
    [
      'another predicate type',
      'malformed',
      () =>
        edited((s) => {
          s.predicateType = 'x';
        }),
    ],
    [
      'the signature of a model',
      'malformed',
      () =>
        JSON.stringify(
          signDsse(inTotoPayloadType, Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}'), ana.privateKey),
        ),
    ],
    [
      'a key that is no member’s',
      'unknown-key',
      () =>
        edited((s) => {
          s.predicate.key = 'd'.repeat(64);
        }),
    ],
    [
      'somebody else’s signature under a member’s key',
      'bad-signature',
      () => {
        const mine: Loose = JSON.parse(signApproval(claims(), ana.privateKey));
        mine.signatures = JSON.parse(signApproval(claims(), ben.privateKey)).signatures;
        return JSON.stringify(mine);
      },
    ],
    [
      'a later expiry, written in',
      'bad-signature',
      () =>
        edited((s) => {
          s.predicate.expiresAt += 1;
        }),
    ],
    [
      'another approver, written in',
      'bad-signature',
      () =>
        edited((s) => {
          s.predicate.approver = 'ben';
        }),
    ],
    [
      'another nonce, written in',
      'bad-signature',
      () =>
        edited((s) => {
          s.predicate.nonce = 'e'.repeat(32);
        }),
    ],
    [
      'another target, written in',
      'bad-signature',
      () =>
        edited((s) => {
          s.predicate.to = 'staging';
        }),
    ],
    ['another registry', 'other-registry', () => signApproval(claims({ registry: 'sqlite:2' }), ana.privateKey)],
    ['another model', 'other-version', () => signApproval(claims({ model: 'fraud' }), ana.privateKey)],
    ['another version', 'other-version', () => signApproval(claims({ version: '1.2.1' }), ana.privateKey)],
    ['other files', 'other-digest', () => signApproval(claims({ manifestDigest: 'f'.repeat(64) }), ana.privateKey)],
    ['another root digest', 'other-digest', () => signApproval(claims({ rootDigest: 'f'.repeat(64) }), ana.privateKey)],
    ['another stage', 'other-target', () => signApproval(claims({ to: 'staging' }), ana.privateKey)],
    ['another way there', 'other-target', () => signApproval(claims({ from: null }), ana.privateKey)],
    [
      'another report of the gates',
      'other-report',
      () => signApproval(claims({ report: 'd'.repeat(64) }), ana.privateKey),
    ],
    ['no report of the gates', 'other-report', () => signApproval(claims({ report: null }), ana.privateKey)],
    ['an expiry that is past', 'expired', () => signApproval(claims({ expiresAt: now }), ana.privateKey)],
    ['a date that is to come', 'not-yet-valid', () => signApproval(claims({ issuedAt: now + hour }), ana.privateKey)],
    [
      'a nonce that was used',
      'consumed',
      () => signApproval(claims({ nonce: '1'.repeat(32) }), ana.privateKey),
      { consumed: new Set(['1'.repeat(32)]) },
    ],
    ['a role that may not', 'role-not-allowed', () => signApproval(claims({ approver: 'cem' }), eve.privateKey)],
  ];
  for (const [what, reason, make, parts] of tamperings) {
    it(`count nothing with ${what}: ${reason}`, () => {
      const judgement = judge([make()], parts);
      expect(judgement.valid).toEqual([]);
      expect(judgement.all[0]?.void?.reason).toBe(reason);
    });
  }

  it('by one key count once, under whatever names', () => {
    const texts = [signApproval(claims(), ana.privateKey), signApproval(claims({ approver: 'anna' }), ana.privateKey)];
    const approvers = [
      { name: 'ana', role: 'maintainer', key: ana.publicKey },
      { name: 'anna', role: 'maintainer', key: ana.publicKey },
    ];
    const { valid, all } = judge(texts, { approvers });
    expect(valid).toHaveLength(1);
    expect(all.map((one) => one.void?.reason ?? null)).toEqual([null, 'duplicate-key']);
  });

  it('that are void take no place from one that counts', () => {
    const texts = [signApproval(claims({ expiresAt: now }), ana.privateKey), signApproval(claims(), ana.privateKey)];
    expect(judge(texts).valid).toHaveLength(1);
  });
});
