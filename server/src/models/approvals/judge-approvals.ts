import type { ApprovalPredicate, ApprovalSubject, JudgedApproval, VoidReason } from '#schemas/domain/approval.ts';
import type { MemberKey } from '../member-keys.ts';
import { isSignedBy } from '../signing/dsse.ts';
import { keyFingerprint } from '../signing/keys.ts';
import { type ParsedApproval, parseApproval } from './attestation.ts';

export interface ApprovalRules {
  readonly subject: ApprovalSubject;
  readonly approvers: readonly MemberKey[];
  /** Whether a role may approve this change. */
  readonly mayApprove: (role: string) => boolean;
  /** Unix milliseconds. */
  readonly now: number;
  /** Nonces that were used up already. */
  readonly consumed: ReadonlySet<string>;
}

export interface ValidApproval {
  readonly approver: string;
  readonly nonce: string;
}

export interface Judgement {
  /** One for each key, whoever it is said to belong to. */
  readonly valid: readonly ValidApproval[];
  /** Every file, with why it does not count where it does not. */
  readonly all: readonly JudgedApproval[];
}

/** Clocks of two machines are not the same. */
const clockSkewMs = 5 * 60_000;

/** Says which approvals count for a change, and why the others do not. Files in the order in which they should count. */
export function judgeApprovals(
  files: readonly { readonly file: string; readonly text: string }[],
  rules: ApprovalRules,
): Judgement {
  const valid: ValidApproval[] = [];
  const usedKeys = new Set<string>();
  const all = files.map(({ file, text }): JudgedApproval => {
    const parsed = parseApproval(text);
    if (typeof parsed === 'string') return judged(file, null, null, ['malformed', parsed]);
    const signer = rules.approvers.find(({ key }) => keyFingerprint(key) === parsed.claims.key);
    const problem = problemOf(parsed, signer, rules) ?? duplicateOf(parsed.claims, usedKeys);
    if (problem === null && signer !== undefined) {
      usedKeys.add(parsed.claims.key);
      valid.push({ approver: signer.name, nonce: parsed.claims.nonce });
    }
    return judged(file, parsed.claims, signer?.name ?? null, problem);
  });
  return { valid, all };
}

type Problem = readonly [reason: VoidReason, detail: string];

function judged(file: string, claims: ApprovalPredicate | null, approver: string | null, problem: Problem | null) {
  return {
    file,
    approver,
    issuedAt: claims?.issuedAt ?? null,
    expiresAt: claims?.expiresAt ?? null,
    void: problem && { reason: problem[0], detail: problem[1] },
  };
}

function problemOf(parsed: ParsedApproval, signer: MemberKey | undefined, rules: ApprovalRules): Problem | null {
  const { claims, envelope } = parsed;
  if (!signer) return ['unknown-key', `The key ${claims.key.slice(0, 16)} is no member’s.`];
  if (!isSignedBy(envelope, signer.key)) return ['bad-signature', `It was changed after ${signer.name} signed it.`];
  return subjectProblem(claims, rules.subject) ?? timeProblem(claims, rules) ?? roleProblem(signer, rules);
}

function subjectProblem(claims: ApprovalPredicate, subject: ApprovalSubject): Problem | null {
  if (claims.registry !== subject.registry) return ['other-registry', 'It is for another registry.'];
  if (claims.model !== subject.model || claims.version !== subject.version) {
    return ['other-version', `It is for ${claims.model}@${claims.version}.`];
  }
  if (claims.manifestDigest !== subject.manifestDigest || claims.rootDigest !== subject.rootDigest) {
    return ['other-digest', 'It is for other files.'];
  }
  if (claims.to !== subject.to || claims.from !== subject.from) {
    return ['other-target', `It is for the way from ${claims.from ?? 'no stage'} to ${claims.to}.`];
  }
  if (claims.report !== subject.report) return ['other-report', 'The gates were asked anew since.'];
  return null;
}

function timeProblem({ issuedAt, expiresAt, nonce }: ApprovalPredicate, { now, consumed }: ApprovalRules) {
  if (issuedAt > now + clockSkewMs)
    return [
      'not-yet-valid',
      `It was issued at ${iso(issuedAt)}, which is yet to come here: one of two clocks is wrong. Set it right.`,
    ] as const;
  if (expiresAt <= now) return ['expired', `It expired at ${iso(expiresAt)}.`] as const;
  if (consumed.has(nonce)) return ['consumed', 'It was used before.'] as const;
  return null;
}

function roleProblem({ name, role }: MemberKey, { mayApprove }: ApprovalRules): Problem | null {
  return mayApprove(role) ? null : ['role-not-allowed', `${name} is ${role}, who may not approve this.`];
}

function duplicateOf({ key }: ApprovalPredicate, used: ReadonlySet<string>): Problem | null {
  return used.has(key) ? ['duplicate-key', 'Another approval by the same key counts already.'] : null;
}

function iso(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}
