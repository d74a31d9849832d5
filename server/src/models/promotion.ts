import type { GateReport } from '#schemas/domain/gate-report.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import type { ModelDocument } from './gates/gate.ts';
import type { VersionChange } from './model-registry.ts';

export type StagePolicy = NonNullable<ModelDocument['stages']>[number];

/** What a promotion is planned from: all of it read before, so that a plan can be shown and checked again. */
export interface PromotionFacts {
  readonly candidate: ModelVersion;
  readonly versions: readonly ModelVersion[];
  readonly aliases: ReadonlyMap<string, string>;
  /** The stage's policy in the Model document; null where no document names stages: then nothing is asked. */
  readonly policy: StagePolicy | null;
  /** The alias that goes with the stage that the candidate is in now; null where none does. */
  readonly leavingAlias: string | null;
  /** The newest report for this very manifest and the gates of today; null where there is none. */
  readonly report: GateReport | null;
  /** Whether the Model document has gates at all. */
  readonly hasGates: boolean;
  /** What verifying the signature said; null where nothing asked for it. */
  readonly signature: { readonly valid: boolean; readonly detail: string } | null;
  /** Valid approvals of this very change, one per key. */
  readonly approvals: readonly { readonly approver: string; readonly nonce: string }[];
}

/** A line of a plan: what is, what will be. */
export interface PlannedStep {
  /** `stage of churn@1.2.0`, `churn@champion`. */
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface PromotionPlan {
  readonly steps: readonly PlannedStep[];
  readonly changes: readonly VersionChange[];
  /** Approvals that are used up by it. */
  readonly nonces: readonly string[];
  /** Why it can't be carried out, in the user's words; empty where it can. */
  readonly problems: readonly string[];
}

/**
 * What promoting a version to a stage changes, and what stands against it. A stage holds one version of a model: the
 * one before leaves it. Where the policy names an alias, that moves along; that of a stage that becomes empty goes.
 */
export function planPromotion(stage: string, facts: PromotionFacts): PromotionPlan {
  const moves = movesTo(stage, facts);
  const needed = facts.policy?.approvals ?? 0;
  return {
    ...moves,
    nonces: facts.approvals.slice(0, needed).map(({ nonce }) => nonce),
    problems: [
      ...standing(stage, facts),
      ...gateProblems(facts),
      ...signatureProblems(facts),
      ...approvalProblems(facts),
    ],
  };
}

/**
 * What going back to a version that has been in the stage before changes. Its gates and approvals were looked at then;
 * what has to hold today is its signature.
 */
export function planRollback(stage: string, facts: PromotionFacts, held: readonly string[]): PromotionPlan {
  const { candidate } = facts;
  const never = held.includes(candidate.version)
    ? []
    : [`${candidate.model}@${candidate.version} was never in ${stage}: promote it, with gates and approvals.`];
  return {
    ...movesTo(stage, facts),
    nonces: [],
    problems: [...standing(stage, facts), ...never, ...signatureProblems(facts)],
  };
}

function movesTo(stage: string, { candidate, versions, aliases, policy, leavingAlias }: PromotionFacts) {
  const { model, version } = candidate;
  const leaving = versions.filter((other) => other.stage === stage && other.version !== version);
  const stages = [
    ...leaving.map((other) => ({ version: other.version, from: stage, to: null })),
    { version, from: candidate.stage, to: stage },
  ];
  const alias = policy?.alias;
  const current = alias === undefined ? null : (aliases.get(alias) ?? null);
  const isLeft = leavingAlias !== null && leavingAlias !== alias && aliases.get(leavingAlias) === version;
  const aliasMoves = [
    ...(isLeft ? [{ alias: leavingAlias, from: version, to: null }] : []),
    ...(alias !== undefined && current !== version ? [{ alias, from: current, to: version }] : []),
  ];
  return {
    steps: [
      ...stages.map((move) => ({ what: `stage of ${model}@${move.version}`, before: move.from, after: move.to })),
      ...aliasMoves.map((move) => ({ what: `${model}@${move.alias}`, before: move.from, after: move.to })),
    ],
    changes: [
      ...stages.map((move): VersionChange => ({ type: 'stage', ...move })),
      ...aliasMoves.map((move): VersionChange => ({ type: 'alias', ...move })),
    ],
  };
}

function standing(stage: string, { candidate }: PromotionFacts): string[] {
  const name = `${candidate.model}@${candidate.version}`;
  return [
    ...(candidate.state === undefined ? [] : [`${name} is not ready: its registration is ${candidate.state}.`]),
    ...(candidate.archived ? [`${name} is archived.`] : []),
    ...(candidate.stage === stage ? [`${name} is in ${stage} already.`] : []),
  ];
}

function gateProblems({ policy, hasGates, report, candidate }: PromotionFacts): string[] {
  if (policy === null || !policy.requireGates || !hasGates) return [];
  if (report === null) {
    return [
      `Its gates were not asked, or have changed since: run mlops model validate ${candidate.model}@${candidate.version}.`,
    ];
  }
  const closed = report.gates.filter(({ passed }) => !passed);
  return closed.map(({ name, detail }) => `The gate “${name}” is closed: ${detail}`);
}

function signatureProblems({ policy, signature }: PromotionFacts): string[] {
  if (signature !== null) return signature.valid ? [] : [`Its signature is not valid: ${signature.detail}`];
  return policy?.requireSignature ? ['It is not signed, and the stage asks for a signature.'] : [];
}

function approvalProblems({ policy, approvals }: PromotionFacts): string[] {
  const needed = policy?.approvals ?? 0;
  if (approvals.length >= needed) return [];
  const given = approvals.map(({ approver }) => approver).join(', ');
  return [
    `${needed} ${needed === 1 ? 'approval is' : 'approvals are'} needed, ${approvals.length} ${approvals.length === 1 ? 'is' : 'are'} there${given === '' ? '' : ` (${given})`}.`,
  ];
}
