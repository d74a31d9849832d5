import { describe, expect, it } from 'vitest';
import { modelDocument } from '#schemas/config/model.ts';
import type { GateReport } from '#schemas/domain/gate-report.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { type PromotionFacts, planPromotion, planRollback, type StagePolicy } from '#server/models/promotion.ts';

function version(number: string, parts: Partial<ModelVersion> = {}): ModelVersion {
  return {
    model: 'churn',
    version: number,
    stage: null,
    aliases: [],
    manifestDigest: 'a'.repeat(64),
    rootDigest: 'b'.repeat(64),
    size: 1,
    fileCount: 1,
    signed: false,
    archived: false,
    createdAt: 0,
    createdBy: 'ana',
    framework: null,
    ...parts,
  };
}

function policy(parts: object): StagePolicy {
  const document = { apiVersion: 'mlops/v1', kind: 'Model', metadata: { name: 'churn' } };
  const [stage] = modelDocument.parse({ ...document, stages: [{ name: 'production', ...parts }] }).stages ?? [];
  if (!stage) throw new Error('There is no stage.');
  return stage;
}

const report = (passed: boolean): GateReport => ({
  model: 'churn',
  version: '1.1.0',
  manifestDigest: 'a'.repeat(64),
  gatesDigest: 'c'.repeat(64),
  passed,
  gates: [{ name: 'auc ≥ 0.8', passed, value: 0.7, bound: 0.8, detail: 'auc is 0.7, less than 0.8.' }],
  createdAt: 0,
});

const current = version('1.0.0', { stage: 'production', aliases: ['champion'] });
function facts(parts: Partial<PromotionFacts> = {}): PromotionFacts {
  const candidate = parts.candidate ?? version('1.1.0', { stage: 'staging' });
  return {
    candidate,
    versions: [candidate, current],
    aliases: new Map([['champion', '1.0.0']]),
    policy: policy({ alias: 'champion' }),
    leavingAlias: null,
    report: report(true),
    hasGates: true,
    signature: null,
    approvals: [],
    ...parts,
  };
}

describe('the plan of a promotion', () => {
  it('moves the version in, the one before out, and the alias along', () => {
    const plan = planPromotion('production', facts());
    expect(plan.problems).toEqual([]);
    expect(plan.steps).toEqual([
      { what: 'stage of churn@1.0.0', before: 'production', after: null },
      { what: 'stage of churn@1.1.0', before: 'staging', after: 'production' },
      { what: 'churn@champion', before: '1.0.0', after: '1.1.0' },
    ]);
    expect(plan.changes).toEqual([
      { type: 'stage', version: '1.0.0', from: 'production', to: null },
      { type: 'stage', version: '1.1.0', from: 'staging', to: 'production' },
      { type: 'alias', alias: 'champion', from: '1.0.0', to: '1.1.0' },
    ]);
  });

  it('takes the alias from a version that leaves its stage empty', () => {
    const plan = planPromotion('staging', facts({ candidate: current, policy: null, leavingAlias: 'champion' }));
    expect(plan.steps).toEqual([
      { what: 'stage of churn@1.0.0', before: 'production', after: 'staging' },
      { what: 'churn@champion', before: '1.0.0', after: null },
    ]);
    expect(plan.changes.at(-1)).toEqual({ type: 'alias', alias: 'champion', from: '1.0.0', to: null });
    const elsewhere = facts({ candidate: current, policy: null, leavingAlias: 'champion', aliases: new Map() });
    expect(planPromotion('staging', elsewhere).steps).toHaveLength(1);
  });

  it('uses up as many approvals as are asked for', () => {
    const approvals = ['ana', 'ben', 'cem'].map((approver) => ({ approver, nonce: `of ${approver}` }));
    const plan = planPromotion('production', facts({ policy: policy({ approvals: 2 }), approvals }));
    expect(plan).toMatchObject({ problems: [], nonces: ['of ana', 'of ben'] });
  });

  it.each<[string, Partial<PromotionFacts>, RegExp]>([
    ['archived', { candidate: version('1.1.0', { archived: true }) }, /is archived/],
    ['there already', { candidate: version('1.1.0', { stage: 'production' }) }, /in production already/],
    ['not validated', { report: null }, /run mlops model validate churn@1.1.0/],
    ['a closed gate', { report: report(false) }, /gate “auc ≥ 0.8” is closed: auc is 0.7/],
    ['not signed', { policy: policy({ requireSignature: true }) }, /not signed/],
    ['badly signed', { signature: { valid: false, detail: 'another key' } }, /not valid: another key/],
    [
      'too few approvals',
      { policy: policy({ approvals: 2 }), approvals: [{ approver: 'ana', nonce: 'n' }] },
      /2 approvals are needed, 1 is there \(ana\)/,
    ],
  ])('is stopped where the version is %s', (_, parts, problem) => {
    expect(planPromotion('production', facts(parts)).problems).toEqual([expect.stringMatching(problem)]);
  });

  it.each<[string, Partial<PromotionFacts>]>([
    ['no document names stages', { policy: null, report: null }],
    ['there are no gates', { report: null, hasGates: false }],
    ['the stage asks for no gates', { policy: policy({ requireGates: false }), report: report(false) }],
  ])('asks for nothing where %s', (_, parts) => {
    expect(planPromotion('production', facts(parts)).problems).toEqual([]);
  });
});

describe('the plan of a rollback', () => {
  const back = (parts: Partial<PromotionFacts>) =>
    planRollback('production', facts({ report: null, policy: policy({ approvals: 2, alias: 'champion' }), ...parts }), [
      '1.1.0',
    ]);

  it('asks for no gates and approvals of what has been there before', () => {
    expect(back({})).toMatchObject({ problems: [], nonces: [], changes: [{}, {}, { type: 'alias', to: '1.1.0' }] });
  });

  it('is stopped where the version was never there, or its signature does not hold today', () => {
    expect(back({ candidate: version('0.9.0') }).problems).toEqual([expect.stringMatching(/never in production/)]);
    expect(back({ signature: { valid: false, detail: 'a file was changed' } }).problems).toHaveLength(1);
  });
});
