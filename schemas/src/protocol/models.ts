import { z } from 'zod';
import { approvalCount, judgedApproval } from '../domain/approval.ts';
import { auditEntry, auditVerdict } from '../domain/audit.ts';
import { gateReport } from '../domain/gate-report.ts';
import { modelMetadata, modelVersion, modelVersionDetails, registryGuarantees } from '../domain/model-version.ts';
import { runRef } from '../domain/run.ts';
import { defineNotification, defineRequest } from './request.ts';
import { inFolder } from './workspace.ts';

const inModel = inFolder.extend({ model: z.string() });
/** `selector` is a version, an alias, a range or `latest`. */
const ofVersion = inModel.extend({ selector: z.string() });
const reason = z.string().nullable().default(null);
const window = { start: z.int().min(0).default(0), count: z.int().min(1).max(500).default(200) };
const search = { text: z.string().default(''), archived: z.boolean().default(false) };

/** Which registry answers, and what it can promise. */
export const registryInfo = z.object({
  backend: z.string(),
  uri: z.string(),
  guarantees: registryGuarantees,
});
export type RegistryInfo = z.infer<typeof registryInfo>;

/** A model as the tree shows it before it is opened. */
export const modelSummary = z.object({
  name: z.string(),
  /** Versions that fit the search. */
  versions: z.number(),
  /** The highest of them. */
  latest: modelVersion,
});
export type ModelSummary = z.infer<typeof modelSummary>;

export const listModels = defineRequest(
  'models/list',
  inFolder.extend({ ...search, ...window }),
  z.object({ models: z.array(modelSummary), total: z.number(), registry: registryInfo }),
);

/** Versions of one model that fit the search, from the highest down. */
export const listVersions = defineRequest(
  'models/versions',
  inModel.extend({ ...search, ...window }),
  z.object({
    versions: z.array(modelVersion),
    total: z.number(),
    /** Of these versions, where approvals were asked for or given. */
    approvals: z.array(approvalCount),
  }),
);

export const getVersion = defineRequest('models/version', ofVersion, modelVersionDetails);

/** What completion and hover of `name@…` know. */
export const knownModels = defineRequest(
  'models/known',
  inFolder,
  z.object({
    models: z.array(
      z.object({
        name: z.string(),
        /** Highest first. */
        versions: z.array(z.string()),
        aliases: z.array(z.object({ name: z.string(), version: z.string() })),
      }),
    ),
  }),
);

const bump = z.enum(['major', 'minor', 'patch']);

/** Which version would follow, by what changed against the highest one. */
export const proposeVersion = defineRequest(
  'models/propose',
  inModel.extend({ directory: z.string() }),
  z.object({
    proposed: bump,
    /** Why, a line each. */
    because: z.array(z.string()),
    next: z.object({ major: z.string(), minor: z.string(), patch: z.string() }),
    /** The highest version; null for a new model. */
    current: z.string().nullable(),
  }),
);

const registration = {
  /** Null takes the one that follows by `bump`. */
  version: z.string().nullable().default(null),
  /** Null takes what is proposed from what changed. */
  bump: bump.nullable().default(null),
  description: z.string().default(''),
  tags: z.record(z.string(), z.string()).default({}),
};

const registered = z.object({
  version: modelVersion,
  /** Lines for the person: what was passed over, what looks odd. */
  notes: z.array(z.string()),
});

/** Registers what lies in a directory; reports work-done progress. */
export const registerModel = defineRequest(
  'models/register',
  inModel.extend({ directory: z.string(), run: runRef.nullable().default(null), ...registration }),
  registered,
);

/** A folder among a run's artifacts, or a model that it logged, that could be registered. */
export const runModel = z.object({
  /** What a person calls it. */
  name: z.string(),
  /** Path among the run's artifacts. */
  path: z.string(),
});
export type RunModel = z.infer<typeof runModel>;
export const listRunModels = defineRequest(
  'models/ofRun',
  inFolder.extend({ run: runRef }),
  z.object({ models: z.array(runModel) }),
);
export const registerRunModel = defineRequest(
  'models/registerRun',
  inModel.extend({ run: runRef, path: z.string(), ...registration }),
  registered,
);

export const signVersion = defineRequest(
  'models/sign',
  ofVersion.extend({
    /** Absolute path of a PEM file. */
    key: z.string(),
    /** Absolute paths, the signer's own first; empty signs by the key alone. */
    certificates: z.array(z.string()).default([]),
    passphrase: z.string().nullable().default(null),
  }),
  z.object({ signer: z.string() }),
);

export const verifyVersion = defineRequest(
  'models/verify',
  ofVersion,
  z.object({ valid: z.boolean(), detail: z.string() }),
);

/** Asks all gates of the Model document and keeps the report; reports work-done progress. */
export const validateVersion = defineRequest(
  'models/validate',
  ofVersion,
  z.object({ report: gateReport, digest: z.string() }),
);
export const getReport = defineRequest(
  'models/report',
  inFolder.extend({ digest: z.string() }),
  z.object({ report: gateReport }),
);

/** What a change of stage would do, and what stands against it. */
export const stageProposal = z.object({
  action: z.enum(['promote', 'rollback']),
  model: z.string(),
  version: z.string(),
  stage: z.string(),
  steps: z.array(z.object({ what: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  problems: z.array(z.string()),
});
export type StageProposal = z.infer<typeof stageProposal>;

const stageChange = ofVersion.extend({
  action: z.enum(['promote', 'rollback']),
  /** Null, for a rollback: the stage that the version was in last. */
  stage: z.string().nullable(),
});
export const planStage = defineRequest('models/planStage', stageChange, stageProposal);
export const changeStage = defineRequest(
  'models/changeStage',
  stageChange.extend({
    reason,
    /** The steps that the person saw: where others came of it meanwhile, nothing is done. */
    seen: stageProposal.shape.steps,
  }),
  stageProposal,
);

/** Stages of a model as its document has them, then those that its versions are in. */
export const listStages = defineRequest(
  'models/stages',
  inModel,
  z.object({ stages: z.array(z.object({ name: z.string(), approvals: z.number(), alias: z.string().nullable() })) }),
);

const approvedChange = ofVersion.extend({ stage: z.string() });
/** Approvals of a promotion: files of `approvals/`, and what each is worth today. */
export const listApprovals = defineRequest(
  'models/approvals',
  approvedChange,
  z.object({
    needed: z.number(),
    valid: z.number(),
    approvals: z.array(judgedApproval),
    /** Absolute path of `approvals/`. */
    directory: z.string(),
  }),
);
/** Writes a request for approvals; answers the path of its file. */
export const requestApproval = defineRequest(
  'models/requestApproval',
  approvedChange.extend({ comment: z.string().nullable().default(null) }),
  z.object({ file: z.string(), needed: z.number() }),
);
/** Signs an approval by a key of a member; answers the path of its file. */
export const approveVersion = defineRequest(
  'models/approve',
  approvedChange.extend({
    /** Absolute path of a PEM file. */
    key: z.string(),
    passphrase: z.string().nullable().default(null),
  }),
  z.object({ file: z.string(), approver: z.string(), expiresAt: z.number(), valid: z.number(), needed: z.number() }),
);

export const setAlias = defineRequest(
  'models/setAlias',
  inModel.extend({ alias: z.string(), selector: z.string().nullable(), reason }),
  z.object({ before: z.string().nullable(), after: z.string().nullable() }),
);
export const archiveVersion = defineRequest(
  'models/archive',
  ofVersion.extend({ archived: z.boolean(), reason }),
  z.object({ version: z.string() }),
);
export const deleteVersion = defineRequest(
  'models/delete',
  // The very name of the version, as the person saw it.
  ofVersion.extend({ confirmed: z.string(), reason }),
  z.object({ version: z.string() }),
);

/** Writes a version's files below a folder, verified; reports work-done progress. */
export const downloadVersion = defineRequest(
  'models/download',
  ofVersion.extend({ target: z.string() }),
  z.object({ files: z.number(), bytes: z.number() }),
);
/** One file of a version for the editor's own diff, brought to a file of the cache. */
export const versionFile = defineRequest(
  'models/file',
  ofVersion.extend({ path: z.string() }),
  z.object({ file: z.string() }),
);

const side = z.object({ version: modelVersion, metadata: modelMetadata.omit({ card: true }) });
/** A line of a comparison: what one and the other say; null where one says nothing. */
const difference = z.object({
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  differs: z.boolean(),
});
export const fileChange = z.enum(['same', 'changed', 'added', 'removed']);
export type FileChange = z.infer<typeof fileChange>;
export const versionComparison = z.object({
  before: side,
  after: side,
  metrics: z.array(difference),
  params: z.array(difference),
  requirements: z.array(difference),
  signature: z.object({ type: z.enum(['none', 'compatible', 'breaking', 'unknown']), details: z.array(z.string()) }),
  /** `before` and `after` are sizes in bytes, as text. */
  files: z.array(difference.extend({ change: fileChange })),
  filesTotal: z.number(),
  /** Model cards as sanitised HTML; null where there is none. */
  cards: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
});
export type VersionComparison = z.infer<typeof versionComparison>;
export const compareVersions = defineRequest(
  'models/compare',
  inModel.extend({ before: z.string(), after: z.string() }),
  versionComparison,
);

const auditQuery = inFolder.extend({
  actor: z.string().nullable().default(null),
  action: z.string().nullable().default(null),
  /** A model or a version. */
  target: z.string().nullable().default(null),
  /** Unix milliseconds, both included. */
  since: z.number().nullable().default(null),
  until: z.number().nullable().default(null),
  text: z.string().default(''),
});
/** Entries that fit, newest first. */
export const listAudit = defineRequest(
  'models/audit',
  auditQuery.extend(window),
  z.object({ entries: z.array(auditEntry), total: z.number() }),
);
/** What the entries of a log can be narrowed to: who, what and which models are in it, each by name. */
export const auditFacets = defineRequest(
  'models/auditFacets',
  inFolder,
  z.object({ actors: z.array(z.string()), actions: z.array(z.string()), models: z.array(z.string()) }),
);
/** Writes the entries that fit, oldest first, to a file that the person chose. */
export const exportAudit = defineRequest(
  'models/exportAudit',
  auditQuery.extend({ format: z.enum(['csv', 'json']), path: z.string() }),
  z.object({ entries: z.number(), path: z.string() }),
);
export const verifyAudit = defineRequest('models/verifyAudit', inFolder, auditVerdict);
/** Signs the head of the audit log by a key; answers the path of the checkpoint's file. */
export const signAuditLog = defineRequest(
  'models/signAudit',
  inFolder.extend({
    /** Absolute path of a PEM file. */
    key: z.string(),
    passphrase: z.string().nullable().default(null),
  }),
  z.object({
    file: z.string(),
    seq: z.number(),
    hash: z.string(),
    time: z.number(),
    /** The member whose key it is; null where nobody's. */
    signer: z.string().nullable(),
  }),
);

/** Whether someone looks at a folder's registry: only then it is asked whether others changed it. */
export const watchRegistry = defineRequest('models/watch', inFolder.extend({ isInSight: z.boolean() }), z.object({}));

/** The registry may answer something else now. */
export const modelsChanged = defineNotification('models/changed', inFolder.extend({ revision: z.number() }));
