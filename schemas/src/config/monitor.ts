import { z } from 'zod';
import { cron, documentHead, duration, identifier, key, modelReference } from './common.ts';
import { driftMethods } from './drift-methods.ts';

const method = z.enum(driftMethods);
const probability = z.number().min(0).max(1);

const driftColumn = z.strictObject({
  method: key(method.optional(), 'Method; chosen by type and size when it is left out.', 'psi'),
  threshold: key(z.number().min(0).optional(), 'Where drift begins: a p-value or a distance, by the method.', 0.2),
  type: key(
    z.enum(['numeric', 'categorical', 'boolean', 'time', 'text']).optional(),
    'Type, where it should not be guessed.',
    'categorical',
  ),
  maxMissing: key(probability.optional(), 'Share of missing values that counts as drift.', 0.05),
  detector: key(identifier.optional(), 'One of `detectors` instead of a method.', 'embedding-distance'),
});
const detector = z.strictObject({
  run: key(
    z.string().min(1),
    'Command that gets two Parquet files and prints JSON with `statistic` and `drifted`.',
    'python detect.py',
  ),
  timeout: key(duration.default('5m'), 'How long it may take.', '1m'),
});
export const driftSettings = z.strictObject({
  reference: key(
    z.string().min(1),
    'What the model was made for: a file, glob, URI or reference profile.',
    'data/train.parquet',
  ),
  current: key(z.string().min(1), 'What it sees now.', 's3://logs/churn/latest/*.parquet'),
  columns: key(
    z.union([z.record(z.string(), driftColumn), z.array(z.string()).min(1)]).optional(),
    'Columns to look at; all when it is left out.',
    { tenure: { method: 'psi', threshold: 0.2 } },
  ),
  exclude: key(z.array(z.string()).optional(), 'Columns to leave out.', ['customer_id']),
  method: key(method.optional(), 'Method of all columns that name none.', 'psi'),
  threshold: key(z.number().min(0).optional(), 'Threshold of all columns that name none.', 0.1),
  share: key(probability.default(0.5), 'Share of drifted columns from which the data set counts as drifted.', 0.3),
  correction: key(
    z.enum(['none', 'benjamini-hochberg', 'bonferroni']).default('none'),
    'Correction for testing many columns.',
    'benjamini-hochberg',
  ),
  detectors: key(
    z.record(identifier, detector).optional(),
    'Own detectors; they never run in an untrusted workspace.',
    { 'embedding-distance': { run: 'python detect.py' } },
  ),
  minimumRows: key(z.int().min(1).default(30), 'Fewer rows give no verdict.', 100),
  explain: key(z.boolean().default(true), 'Look for the segment that explains a drift.', true),
  domainClassifier: key(
    z
      .union([
        z.boolean(),
        z.strictObject({
          threshold: key(z.number().min(0.5).max(1).optional(), 'AUC above which it is drift.', 0.6),
        }),
      ])
      .default(false),
    'Make a model that tells the two data sets apart; where it can, the data have drifted.',
    { threshold: 0.6 },
  ),
});

const performanceMeasures = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'auc',
  'log_loss',
  'brier',
  'mae',
  'rmse',
  'r2',
  'mape',
] as const;
export type PerformanceMeasure = (typeof performanceMeasures)[number];
export const performanceSettings = z.strictObject({
  predictions: key(
    z.string().optional(),
    'Where predictions lie; `drift.current` when it is left out.',
    's3://logs/churn/latest/*.parquet',
  ),
  labels: key(z.string().min(1), 'Where the labels lie.', 's3://labels/churn/*.parquet'),
  join: key(z.string().optional(), 'Column that belongs predictions and labels together.', 'customer_id'),
  prediction: key(z.string().default('prediction'), 'Column with the prediction.', 'probability'),
  label: key(z.string().default('label'), 'Column with the label.', 'churned'),
  task: key(
    z.enum(['classification', 'regression']).optional(),
    'What the model does; guessed from the labels when it is left out.',
    'classification',
  ),
  positive: key(
    z.union([z.string(), z.number(), z.boolean()]).optional(),
    'The label of what the probability is of, of two; the greater one when it is left out.',
    true,
  ),
  slices: key(z.array(z.string()).optional(), 'Columns by whose values it is measured as well.', ['plan']),
  metrics: key(
    z
      .array(
        z.strictObject({
          name: key(z.enum(performanceMeasures), 'What is measured.', 'auc'),
          minimum: key(z.number().optional(), 'Smallest good value.', 0.8),
          maximum: key(z.number().optional(), 'Largest good value.', 0.2),
        }),
      )
      .min(1),
    'Measures and their bounds.',
    [{ name: 'auc', minimum: 0.8 }],
  ),
});

export const monitorMetric = z.strictObject({
  name: key(z.string().min(1), 'Name in views, alerts and dashboards.', 'latency-p99'),
  query: key(
    z.string().min(1),
    'PromQL that gives one number or one a label set.',
    'histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))',
  ),
  minimum: key(z.number().optional(), 'Smallest good value.', 1),
  maximum: key(z.number().optional(), 'Largest good value.', 0.3),
  for: key(duration.optional(), 'How long it has to be out of bounds.', '10m'),
  unit: key(z.string().optional(), 'Unit, as Grafana names it.', 's'),
});

const severity = z.enum(['info', 'warning', 'critical']);
const alert = z.strictObject({
  name: key(z.string().optional(), 'Name of the alert; made from the condition when it is left out.', 'tenure drifts'),
  when: key(z.string().min(1), 'Condition over `drift`, `performance` and `metrics`.', 'drift.share >= 0.3'),
  channel: key(z.union([identifier, z.array(identifier).min(1)]), 'Channel of the workspace, or several.', 'team'),
  severity: key(severity.default('warning'), 'How bad it is.', 'critical'),
  for: key(duration.optional(), 'How long the condition has to hold.', '10m'),
  keepFiringFor: key(
    duration.optional(),
    'How long it goes on after the condition ended, so that it does not flap.',
    '15m',
  ),
  groupBy: key(z.array(z.string()).optional(), 'Labels whose alerts go out as one message.', ['model']),
  repeat: key(duration.default('4h'), 'How often it is sent again while it lasts.', '4h'),
  inhibit: key(z.array(z.string()).optional(), 'Alerts that keep quiet while this one lasts.', ['latency-p99']),
  runbook: key(
    z.string().optional(),
    'What to do: an address, or a path under `alerting.runbookBase`.',
    'https://example.com/runbooks/drift',
  ),
  labels: key(z.record(z.string(), z.string()).optional(), 'More labels.', { team: 'growth' }),
  resolved: key(z.boolean().default(true), 'Say so when it is over.', true),
});
const silence = z.strictObject({
  match: key(z.record(z.string(), z.string()), 'Labels of the alerts to silence.', { alert: 'tenure drifts' }),
  from: key(z.string().optional(), 'Beginning, ISO 8601.', '2026-01-05T08:00:00Z'),
  until: key(z.string().min(1), 'End, ISO 8601.', '2026-01-05T10:00:00Z'),
  comment: key(z.string().min(1), 'Why.', 'Migration of the warehouse.'),
});

export const monitorDocument = z.strictObject({
  ...documentHead('Monitor', 'What is watched of a model in use, and who is told.'),
  model: key(modelReference.optional(), 'The model that is watched.', 'churn@champion'),
  environment: key(identifier.optional(), 'Environment it runs in.', 'production'),
  schedule: key(cron.optional(), 'When it is checked.', '0 * * * *'),
  drift: key(driftSettings.optional(), 'Whether the data moved.', {
    reference: 'data/train.parquet',
    current: 'live/*.parquet',
  }),
  performance: key(performanceSettings.optional(), 'How good it is, where labels come in.', {
    labels: 'labels.parquet',
    metrics: [{ name: 'auc', minimum: 0.8 }],
  }),
  metrics: key(z.array(monitorMetric).optional(), 'Metrics from Prometheus.', [
    { name: 'latency-p99', query: 'latency', maximum: 0.3 },
  ]),
  alerts: key(z.array(alert).optional(), 'Who is told of what.', [{ when: 'drift.share >= 0.3', channel: 'team' }]),
  silences: key(z.array(silence).optional(), 'Times without alerts.', [
    { match: { alert: 'tenure drifts' }, until: '2026-01-05T10:00:00Z', comment: 'Migration.' },
  ]),
  dashboard: key(
    z
      .strictObject({
        title: key(z.string().optional(), 'Title; the model’s name when it is left out.', 'Churn'),
        folder: key(z.string().optional(), 'Folder in Grafana.', 'Models'),
        datasource: key(z.string().optional(), 'Prometheus data source in Grafana.', 'Prometheus'),
        tags: key(z.array(z.string()).optional(), 'Tags of the dashboard.', ['mlops']),
      })
      .optional(),
    'The Grafana dashboard made from this document.',
    { title: 'Churn' },
  ),
});
