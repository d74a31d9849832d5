import { z } from 'zod';
import { access } from './access.ts';
import { documentHead, identifier, key, objectName, text } from './common.ts';
import { severityChoice } from './severity.ts';

const connectionName = text(
  /^[^/\s]+$/,
  'Expected a name without spaces and slashes: it is part of a run’s name, tracker/run.',
);

const trackingEntry = z.strictObject({
  name: key(connectionName, 'Name of the tracker in views, YAML and on the command line.', 'team'),
  backend: key(z.enum(['mlflow', 'wandb', 'neptune']).default('mlflow'), 'Which tracker it is.', 'mlflow'),
  uri: key(
    z.string().min(1),
    'Where it is, as the tracker writes it: `sqlite:///mlflow.db`, `file:///data/mlruns`, `https://mlflow.example.com`, `wandb://entity/project`.',
    'sqlite:///mlflow.db',
    '${{ env.MLFLOW_TRACKING_URI }}',
  ),
  artifactRoot: key(
    z.string().optional(),
    'Where artifacts lie, when the store names a place that this machine has not.',
    './mlartifacts',
  ),
  workspace: key(z.string().optional(), 'Workspace of an MLflow server that has several.', 'research'),
  username: key(
    z.string().optional(),
    'User name for the server; signing in from the Connections view keeps it out of the file.',
    '${{ env.TEAM_USERNAME }}',
  ),
  password: key(
    z.string().optional(),
    'Password for the server; a secret, so name a variable. One of the environment goes only to the server that stands beside it there, as `TEAM_URI` beside `TEAM_PASSWORD`.',
    '${{ env.TEAM_PASSWORD }}',
  ),
  token: key(
    z.string().optional(),
    'Token for the server, in place of a user name and password; a secret, so name a variable.',
    '${{ env.TEAM_TOKEN }}',
  ),
  insecureTls: key(
    z.boolean().default(false),
    'Accept any certificate of the server. Has no effect unless `MLFLOW_TRACKING_INSECURE_TLS=true` stands in the person’s environment.',
    false,
  ),
});

const registry = z.strictObject({
  backend: key(z.enum(['sqlite', 'mlflow']).default('sqlite'), 'What keeps the model versions.', 'sqlite'),
  uri: key(z.string().min(1), 'Where it is.', 'sqlite:///models.db', 'https://mlflow.example.com'),
});

const storageLocal = z.strictObject({
  type: key(z.literal('local'), 'A folder on this machine.', 'local'),
  path: key(z.string().min(1), 'The folder, relative to this file or absolute.', '.mlops/artifacts'),
});
const bucketKeys = {
  bucket: key(z.string().min(1), 'Name of the bucket.', 'models'),
  prefix: key(z.string().default(''), 'Path inside the bucket that everything is kept under.', 'churn/'),
  endpoint: key(
    z.url().optional(),
    'Address of a compatible server, where it is not the cloud’s own.',
    'http://127.0.0.1:9000',
  ),
};
const storageS3 = z.strictObject({
  type: key(z.literal('s3'), 'Amazon S3 or a compatible server.', 's3'),
  ...bucketKeys,
  region: key(z.string().optional(), 'Region of the bucket.', 'eu-central-1'),
  forcePathStyle: key(
    z.boolean().default(false),
    'Put the bucket into the path instead of the host name, as MinIO wants it.',
    true,
  ),
});
const storageGcs = z.strictObject({
  type: key(z.literal('gcs'), 'Google Cloud Storage.', 'gcs'),
  ...bucketKeys,
});
const storageAzure = z.strictObject({
  type: key(z.literal('azure'), 'Azure Blob Storage.', 'azure'),
  account: key(z.string().min(1), 'Name of the storage account.', 'examplemodels'),
  container: key(z.string().min(1), 'Name of the container.', 'models'),
  prefix: key(z.string().default(''), 'Path inside the container that everything is kept under.', 'churn/'),
  endpoint: key(
    z.url().optional(),
    'Address of a compatible server, where it is not the cloud’s own.',
    'http://127.0.0.1:10000/account',
  ),
});
const storage = z.discriminatedUnion('type', [storageLocal, storageS3, storageGcs, storageAzure]);

const environment = z.strictObject({
  description: key(z.string().optional(), 'What runs there.', 'What customers see.'),
  kubernetes: key(
    z
      .strictObject({
        context: key(
          z.string().optional(),
          'Context of the kubeconfig; the current one when it is left out.',
          'kind-mlops',
        ),
        namespace: key(objectName.default('default'), 'Namespace that is deployed to.', 'ml'),
        kubeconfig: key(z.string().optional(), 'Path of another kubeconfig than the usual one.', '~/.kube/staging'),
      })
      .optional(),
    'The cluster and namespace of this environment.',
    { context: 'kind-mlops', namespace: 'mlops-test' },
  ),
  sagemaker: key(
    z
      .strictObject({
        region: key(z.string().min(1), 'AWS region.', 'eu-central-1'),
        role: key(z.string().optional(), 'Role that SageMaker runs with.', 'arn:aws:iam::111122223333:role/sagemaker'),
        endpoint: key(z.url().optional(), 'Address of a compatible server.', 'http://127.0.0.1:5000'),
      })
      .optional(),
    'The SageMaker account of this environment.',
    { region: 'eu-central-1' },
  ),
  stage: key(
    z.string().optional(),
    'Stage of the Model document whose requirements hold for what is deployed here.',
    'production',
  ),
  protected: key(z.boolean().default(false), 'Ask twice before anything is changed here.', true),
});

const monitoring = z.strictObject({
  prometheus: key(z.string().optional(), 'Address of Prometheus.', 'http://localhost:9090'),
  grafana: key(z.string().optional(), 'Address of Grafana.', 'http://localhost:3000'),
  alertmanager: key(z.string().optional(), 'Address of Alertmanager.', 'http://localhost:9093'),
});

const channelName = key(identifier, 'Name of the channel, as alerts use it.', 'team');
const vscodeChannel = z.strictObject({
  name: channelName,
  type: key(z.literal('vscode'), 'A notification in the editor.', 'vscode'),
});
const slackChannel = z.strictObject({
  name: channelName,
  type: key(z.literal('slack'), 'A message in Slack.', 'slack'),
  webhook: key(z.string().min(1), 'Incoming webhook; a secret, so name one.', '${{ secrets.SLACK_WEBHOOK }}'),
  channel: key(z.string().optional(), 'Channel, where the webhook leaves it open.', '#ml-alerts'),
});
const emailChannel = z.strictObject({
  name: channelName,
  type: key(z.literal('email'), 'A mail by SMTP.', 'email'),
  host: key(z.string().min(1), 'Mail server.', 'smtp.example.com'),
  port: key(z.int().min(1).max(65_535).default(587), 'Port of the mail server.', 587),
  tls: key(
    z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    'How the connection is encrypted.',
    'starttls',
  ),
  username: key(z.string().optional(), 'User name for the mail server.', 'alerts'),
  password: key(
    z.string().optional(),
    'Password for the mail server; a secret, so name one.',
    '${{ secrets.SMTP_PASSWORD }}',
  ),
  from: key(z.string().min(1), 'Sender.', 'mlops@example.com'),
  to: key(z.array(z.string()).min(1), 'Receivers.', ['ana@example.com']),
});
const webhookChannel = z.strictObject({
  name: channelName,
  type: key(z.literal('webhook'), 'An HTTP POST with JSON.', 'webhook'),
  url: key(z.string().min(1), 'Where to send it.', 'https://example.com/hooks/mlops'),
  secret: key(
    z.string().optional(),
    'Key of the HMAC signature; a secret, so name one.',
    '${{ secrets.WEBHOOK_SECRET }}',
  ),
  headers: key(z.record(z.string(), z.string()).optional(), 'More headers.', { 'X-Team': 'growth' }),
});
const alertmanagerChannel = z.strictObject({
  name: channelName,
  type: key(z.literal('alertmanager'), 'Prometheus’ Alertmanager, which then routes the alert.', 'alertmanager'),
  url: key(
    z.string().optional(),
    'Its address; that of `monitoring.alertmanager` when it is left out.',
    'http://localhost:9093',
  ),
});
export const alertChannel = z.discriminatedUnion('type', [
  vscodeChannel,
  slackChannel,
  emailChannel,
  webhookChannel,
  alertmanagerChannel,
]);

export const workspaceDocument = z.strictObject({
  ...documentHead('Workspace', 'The workspace: trackers, registry, environments, channels and who may do what.'),
  tracking: key(z.array(trackingEntry).optional(), 'Trackers whose experiments are shown.', [
    { name: 'local', backend: 'mlflow', uri: 'sqlite:///mlflow.db' },
  ]),
  registry: key(registry.optional(), 'Where model versions are kept.', {
    backend: 'sqlite',
    uri: 'sqlite:///models.db',
  }),
  storage: key(storage.optional(), 'Where artifacts of the registry are stored.', {
    type: 's3',
    bucket: 'models',
    prefix: 'churn/',
  }),
  environments: key(z.record(identifier, environment).optional(), 'Places to deploy to.', {
    staging: { kubernetes: { context: 'kind-mlops', namespace: 'mlops-test' } },
  }),
  monitoring: key(monitoring.optional(), 'Servers with metrics and dashboards.', {
    prometheus: 'http://localhost:9090',
  }),
  alerting: key(
    z
      .strictObject({
        channels: key(z.array(alertChannel).optional(), 'Where alerts go.', [{ name: 'editor', type: 'vscode' }]),
        runbookBase: key(
          z.string().optional(),
          'Address that a relative `runbook` of an alert is appended to.',
          'https://example.com/runbooks/',
        ),
      })
      .optional(),
    'Where alerts go.',
    { channels: [{ name: 'editor', type: 'vscode' }] },
  ),
  diagnostics: key(
    z
      .strictObject({
        severity: key(
          z.record(z.string(), severityChoice).optional(),
          'Severities by the code of a problem; `*` is the gravest that any may have. A person’s own settings win.',
          { 'unused-param': 'off' },
        ),
      })
      .optional(),
    'How problems in the documents of this workspace are told, in editors and on the command line.',
    { severity: { 'unused-param': 'off' } },
  ),
  access: key(access.optional(), 'Who may do what.', { roles: { maintainer: ['promote'] } }),
});
