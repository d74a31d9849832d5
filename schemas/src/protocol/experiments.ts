import { z } from 'zod';
import { comparison, curve, curveAxis } from '../domain/comparison.ts';
import { jsonInteger, jsonNumber } from '../domain/number.ts';
import { artifactEntry, experiment, metricPoint, runDetails, runRef, runStatus } from '../domain/run.ts';
import { defineNotification, defineRequest } from './request.ts';
import { inFolder } from './workspace.ts';

const inTracker = inFolder.extend({ tracker: z.string() });
const ofRun = inFolder.extend({ run: runRef });

const runsView = z.enum(['active', 'deleted', 'all']);

/** What a person chose to keep in sight or out of it; own state, never written to the tracker. */
export const runMarks = z.object({ starred: z.boolean(), hidden: z.boolean() });
export type RunMarks = z.infer<typeof runMarks>;

export const listExperiments = defineRequest(
  'experiments/list',
  inTracker.extend({ view: runsView.default('active') }),
  z.object({ experiments: z.array(experiment) }),
);

/** A run as the tree shows it, with its children where it has any. `best` follows the metric's direction. */
export const treeRun = z.object({
  ref: runRef,
  name: z.string(),
  status: runStatus,
  startTime: z.number().nullable(),
  endTime: z.number().nullable(),
  hasChildren: z.boolean(),
  metric: z.object({ key: z.string(), last: jsonNumber, best: jsonNumber.nullable() }).nullable(),
  marks: runMarks,
  deleted: z.boolean(),
});
export type TreeRun = z.infer<typeof treeRun>;

/** One page of the tree: the runs at the top of an experiment, or the children of `parent`. */
export const listTreeRuns = defineRequest(
  'experiments/treeRuns',
  inTracker.extend({
    experimentId: z.string(),
    parent: z.string().nullable().default(null),
    filter: z.string().default(''),
    /** As MLflow writes it: `metrics.acc DESC`; empty is newest first. */
    orderBy: z.string().default(''),
    /** The metric to describe runs by; null lets the backend choose the one most runs have. */
    metric: z.string().nullable().default(null),
    /** Which of its values is the best; null lets the metric’s name tell: the least of a loss, else the largest. */
    direction: z.enum(['max', 'min']).nullable().default(null),
    showHidden: z.boolean().default(false),
    starredOnly: z.boolean().default(false),
    limit: z.int().min(1).max(1000).default(100),
    page: z.string().nullable().default(null),
  }),
  z.object({ runs: z.array(treeRun), nextPage: z.string().nullable(), total: z.number().nullable() }),
);

/** What past runs of a tracker say, for completion and hover: names and a few values, from its newest runs. */
export const trackerValues = z.object({
  tracker: z.string(),
  /** Names, last used first. */
  experiments: z.array(z.string()),
  metrics: z.array(
    z.object({
      name: z.string(),
      runs: z.number(),
      /** As the name says which way is better; null where no value is a number. */
      best: jsonNumber.nullable(),
      /** Newest first. */
      recent: z.array(jsonNumber),
    }),
  ),
  params: z.array(
    z.object({
      name: z.string(),
      runs: z.number(),
      /** The most used first. */
      values: z.array(z.object({ text: z.string(), runs: z.number() })),
    }),
  ),
});
export type TrackerValues = z.infer<typeof trackerValues>;

/** Of every tracker that answers in time, the default one first. Nobody is asked for a permission. */
export const knownValues = defineRequest(
  'experiments/knownValues',
  inFolder,
  z.object({
    trackers: z.array(trackerValues),
    /** Trackers that failed or took too long. */
    failed: z.int(),
  }),
);

export const getRun = defineRequest('experiments/run', ofRun, runDetails);

export const markRuns = defineRequest(
  'experiments/mark',
  inFolder.extend({ runs: z.array(runRef), starred: z.boolean().optional(), hidden: z.boolean().optional() }),
  z.object({}),
);

/** Where the tracker's own page of a run or experiment is; null where it has none (a store on disk). */
export const trackerLink = defineRequest(
  'experiments/link',
  inTracker.extend({ experimentId: z.string(), runId: z.string().nullable().default(null) }),
  z.object({ url: z.string().nullable() }),
);

// ── the runs table ──────────────────────────────────────────────────────────────────────────────────────────────
const columnKind = z.enum(['attribute', 'param', 'metric', 'tag']);
/** A column's id is `kind.key`, e.g. `metric.val/loss`; attributes: name, status, startTime, duration, experiment, id. */
export const tableColumn = z.object({
  id: z.string(),
  kind: columnKind,
  key: z.string(),
  /** Runs of the query that have it. */
  runs: z.number(),
  /** Every value is a number: sorts and aligns so. */
  numeric: z.boolean(),
  /** More than one value occurs. */
  varies: z.boolean(),
});
export type TableColumn = z.infer<typeof tableColumn>;

export const tableQuery = inTracker.extend({
  experimentIds: z.array(z.string()).default([]),
  filter: z.string().default(''),
  view: runsView.default('active'),
  showHidden: z.boolean().default(false),
  starredOnly: z.boolean().default(false),
});
export type TableQuery = z.infer<typeof tableQuery>;

export const tableColumns = defineRequest(
  'experiments/tableColumns',
  tableQuery,
  z.object({ columns: z.array(tableColumn), total: z.number(), revision: z.number() }),
);

export const tableSort = z.object({ column: z.string(), descending: z.boolean() });
export type TableSort = z.infer<typeof tableSort>;

export const tableCell = z.union([z.string(), jsonNumber, z.null()]);
export const tableRow = z.object({
  ref: runRef,
  status: runStatus,
  marks: runMarks,
  /** One cell for each column asked for, in that order; long text is cut at 200 characters with an ellipsis. */
  cells: z.array(tableCell),
});
export type TableRow = z.infer<typeof tableRow>;

/** Rows `start … start + count` of the query as sorted; at most 500 at a time. */
export const tableWindow = defineRequest(
  'experiments/tableWindow',
  tableQuery.extend({
    columns: z.array(z.string()),
    sort: z.array(tableSort).default([]),
    start: z.int().min(0),
    count: z.int().min(1).max(500),
  }),
  z.object({ rows: z.array(tableRow), total: z.number(), revision: z.number() }),
);

/** Writes the whole query as CSV to a file that the person chose. */
export const exportTable = defineRequest(
  'experiments/exportTable',
  tableQuery.extend({ columns: z.array(z.string()), sort: z.array(tableSort).default([]), path: z.string() }),
  z.object({ rows: z.number(), path: z.string() }),
);

// ── comparison ──────────────────────────────────────────────────────────────────────────────────────────────────
export const compareRuns = defineRequest(
  'experiments/compare',
  inFolder.extend({ runs: z.array(runRef).min(1).max(200), onlyDifferent: z.boolean().default(false) }),
  comparison.extend({ revision: z.number() }),
);

/** Curves for a chart: each at most `maxPoints`, of the range in view. Zooming in asks again and gets finer ones. */
export const metricCurves = defineRequest(
  'experiments/curves',
  inFolder.extend({
    runs: z.array(runRef).min(1).max(200),
    key: z.string(),
    axis: curveAxis.default('step'),
    from: jsonInteger.nullable().default(null),
    to: jsonInteger.nullable().default(null),
    maxPoints: z.int().min(10).max(2500).default(1000),
  }),
  z.object({ curves: z.array(curve), revision: z.number() }),
);

/** The points themselves, for the table behind a chart; `page` continues. */
export const metricHistory = defineRequest(
  'experiments/history',
  ofRun.extend({
    key: z.string(),
    limit: z.int().min(1).max(5000).default(1000),
    page: z.string().nullable().default(null),
  }),
  z.object({ points: z.array(metricPoint), nextPage: z.string().nullable() }),
);

// ── artifacts ───────────────────────────────────────────────────────────────────────────────────────────────────
export const listArtifacts = defineRequest(
  'experiments/artifacts',
  ofRun.extend({ path: z.string().default('') }),
  z.object({ entries: z.array(artifactEntry), truncated: z.boolean() }),
);

/** A look into one artifact. Tables (CSV, TSV, MLflow's JSON tables, Parquet later) come as their first 200 rows. */
export const artifactPreview = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), truncated: z.boolean(), language: z.string().nullable() }),
  z.object({ type: z.literal('image'), mimeType: z.string(), base64: z.string() }),
  z.object({
    type: z.literal('table'),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string())),
    truncated: z.boolean(),
  }),
  z.object({ type: z.literal('none'), reason: z.string() }),
]);
export type ArtifactPreview = z.infer<typeof artifactPreview>;

export const previewArtifact = defineRequest(
  'experiments/artifactPreview',
  ofRun.extend({ path: z.string() }),
  z.object({ preview: artifactPreview, size: z.number().nullable() }),
);

/** Copies a file or folder of artifacts to `target`; reports work-done progress; never writes outside of `target`. */
export const downloadArtifact = defineRequest(
  'experiments/artifactDownload',
  ofRun.extend({ path: z.string(), target: z.string() }),
  z.object({ files: z.number(), bytes: z.number() }),
);

/** Something a tracker shows may have changed. `runIds` null: anything. */
export const experimentsChanged = defineNotification(
  'experiments/changed',
  inTracker.extend({ revision: z.number(), runIds: z.array(z.string()).nullable() }),
);

/** Which trackers someone is looking at: only those are polled while they have running runs. */
export const watchExperiments = defineRequest(
  'experiments/watch',
  inFolder.extend({ trackers: z.array(z.string()) }),
  z.object({}),
);
