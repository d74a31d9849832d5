import { z } from 'zod';
import {
  documentHead,
  duration,
  identifier,
  key,
  modelReference,
  orExpression,
  quantity,
  stringMap,
  text,
} from './common.ts';

const port = z.int().min(1).max(65_535);
const percent = z.number().min(0).max(100);

const probe = z.strictObject({
  path: key(z.string().startsWith('/', 'Expected a path that begins with /.'), 'Path that is asked.', '/healthz'),
  port: key(port.optional(), 'Port, where it is another than the service’s.', 8081),
  initialDelay: key(duration.optional(), 'Wait before the first look.', '10s'),
  period: key(duration.default('10s'), 'Time between looks.', '10s'),
  timeout: key(duration.default('1s'), 'How long an answer may take.', '2s'),
  failureThreshold: key(z.int().min(1).default(3), 'Failures in a row that count.', 3),
});

const requirements = z.strictObject({
  cpu: key(quantity.optional(), 'CPU cores.', '500m'),
  memory: key(quantity.optional(), 'Memory.', '1Gi'),
  gpu: key(z.int().nonnegative().optional(), 'Number of GPUs.', 1),
});

const serving = z.strictObject({
  image: key(z.string().min(1), 'Image of the server.', 'ghcr.io/example/churn:${{ model.version }}'),
  port: key(port.default(8080), 'Port that it listens on.', 8080),
  replicas: key(orExpression(z.int().min(0)).default(1), 'Number of pods, where nothing scales them.', 3),
  protocol: key(z.enum(['http', 'grpc']).default('http'), 'What it speaks.', 'http'),
  command: key(z.array(z.string()).optional(), 'Replaces the image’s entry point.', ['serve']),
  args: key(z.array(z.string()).optional(), 'Arguments.', ['--workers', '2']),
  env: key(stringMap.optional(), 'Environment variables.', { LOG_LEVEL: 'info' }),
  secrets: key(z.array(z.string()).optional(), 'Kubernetes secrets whose keys become environment variables.', [
    'churn-serving',
  ]),
  requests: key(requirements.optional(), 'What a pod is guaranteed.', { cpu: '500m', memory: '1Gi' }),
  limits: key(requirements.optional(), 'What a pod may use at most.', { memory: '2Gi' }),
  readiness: key(probe.optional(), 'When a pod gets traffic.', { path: '/healthz' }),
  liveness: key(probe.optional(), 'When a pod is started anew.', { path: '/livez' }),
  serviceAccount: key(z.string().optional(), 'Service account of the pods.', 'serving'),
  nodeSelector: key(z.record(z.string(), z.string()).optional(), 'Labels of the nodes to run on.', {
    accelerator: 'l4',
  }),
  modelPath: key(z.string().optional(), 'Where the model is mounted in the container.', '/models'),
  runtime: key(z.string().optional(), 'Serving runtime of KServe.', 'kserve-sklearnserver'),
  instanceType: key(z.string().optional(), 'Instance type of SageMaker.', 'ml.m5.large'),
  terminationGracePeriod: key(duration.optional(), 'Time for open requests when a pod stops.', '30s'),
});

const autoscalingMetric = z.discriminatedUnion('type', [
  z.strictObject({
    type: key(z.literal('cpu'), 'CPU use.', 'cpu'),
    target: key(percent, 'Percent of what a pod requests.', 70),
  }),
  z.strictObject({
    type: key(z.literal('memory'), 'Memory use.', 'memory'),
    target: key(percent, 'Percent of what a pod requests.', 80),
  }),
  z.strictObject({
    type: key(z.literal('requests'), 'Requests a second and pod.', 'requests'),
    target: key(z.number().positive(), 'Requests a second.', 50),
    query: key(
      z.string().optional(),
      'PromQL that gives them, where the usual metric is not there.',
      'sum(rate(http_requests_total[1m]))',
    ),
  }),
  z.strictObject({
    type: key(z.literal('prometheus'), 'Any metric.', 'prometheus'),
    query: key(z.string().min(1), 'PromQL that gives one number.', 'sum(queue_length)'),
    target: key(z.number().positive(), 'Value that is aimed at for each pod.', 10),
  }),
]);
const autoscaling = z
  .strictObject({
    minReplicas: key(z.int().min(0).default(1), 'Fewest pods.', 2),
    maxReplicas: key(z.int().min(1), 'Most pods.', 10),
    metrics: key(z.array(autoscalingMetric).min(1), 'What it scales by.', [{ type: 'cpu', target: 70 }]),
    scaleDownDelay: key(duration.default('5m'), 'How long fewer must have been enough.', '5m'),
  })
  .refine((value) => value.minReplicas <= value.maxReplicas, {
    message: 'minReplicas is larger than maxReplicas.',
    path: ['minReplicas'],
  });

const canaryStep = z.union([
  z.strictObject({ weight: key(percent, 'Percent of the traffic that the new version gets.', 5) }),
  z.strictObject({
    pause: key(
      z.union([duration, z.literal('manual')]),
      'How long to wait; `manual` until someone goes on.',
      '30m',
      'manual',
    ),
  }),
  z.strictObject({ analysis: key(identifier, 'Analysis that has to pass.', 'quality') }),
  z.strictObject({ replicas: key(z.int().min(0), 'Pods of the new version, whatever its weight.', 1) }),
]);
const match = z.strictObject({
  header: key(z.string().optional(), 'Name of a header.', 'x-beta'),
  cookie: key(z.string().optional(), 'Name of a cookie.', 'beta'),
  value: key(z.string(), 'Its value.', 'true'),
});
const routing = z.strictObject({
  provider: key(
    z.enum(['gateway-api', 'replicas', 'istio', 'nginx']).default('gateway-api'),
    'What splits the traffic.',
    'gateway-api',
  ),
  gateway: key(z.string().optional(), 'Gateway that routes are attached to.', 'ml/public'),
  hosts: key(z.array(z.string()).optional(), 'Host names.', ['churn.example.com']),
});
const strategies = {
  rolling: key(
    z
      .strictObject({
        maxSurge: key(
          z.union([z.int().min(0), text(/^\d+%$/, 'Expected a number or a percentage such as 25%.')]).default('25%'),
          'Pods over the wanted number.',
          '25%',
        ),
        maxUnavailable: key(
          z.union([z.int().min(0), text(/^\d+%$/, 'Expected a number or a percentage such as 25%.')]).default('25%'),
          'Pods under the wanted number.',
          0,
        ),
      })
      .optional(),
    'Replaces pods a few at a time.',
    { maxSurge: 1, maxUnavailable: 0 },
  ),
  canary: key(
    z
      .strictObject({
        steps: key(z.array(canaryStep).min(1), 'What happens in which order.', [
          { weight: 5 },
          { pause: '30m' },
          { analysis: 'quality' },
        ]),
        match: key(z.array(match).optional(), 'Requests that always get the new version.', [
          { header: 'x-beta', value: 'true' },
        ]),
        stickySessions: key(z.boolean().default(false), 'A client stays with the version it got.', true),
      })
      .optional(),
    'Gives the new version more and more of the traffic.',
    { steps: [{ weight: 5 }, { pause: '30m' }, { weight: 50 }] },
  ),
  blueGreen: key(
    z
      .strictObject({
        analysis: key(identifier.optional(), 'Analysis that has to pass before traffic moves.', 'quality'),
        autoPromote: key(z.boolean().default(false), 'Move the traffic without asking.', true),
        previewReplicas: key(z.int().min(0).optional(), 'Pods of the new version before it gets traffic.', 1),
        scaleDownDelay: key(duration.default('10m'), 'How long the old version stays ready for a way back.', '10m'),
      })
      .optional(),
    'Starts the new version beside the old one and moves all traffic at once.',
    { autoPromote: false },
  ),
  abTest: key(
    z
      .strictObject({
        match: key(z.array(match).min(1), 'Requests that get the new version.', [{ header: 'x-group', value: 'b' }]),
        duration: key(duration, 'How long it runs.', '7d'),
        metric: key(identifier.optional(), 'Analysis that decides.', 'conversion'),
      })
      .optional(),
    'Gives each version its own group of users and compares them.',
    { match: [{ header: 'x-group', value: 'b' }], duration: '7d' },
  ),
  shadow: key(
    z
      .strictObject({
        percent: key(percent.default(100), 'Percent of the traffic that is copied.', 10),
        duration: key(duration.optional(), 'How long it runs.', '1d'),
        analysis: key(identifier.optional(), 'Analysis of the copy’s answers.', 'quality'),
      })
      .optional(),
    'Copies traffic to the new version and throws its answers away.',
    { percent: 10 },
  ),
};
const strategyNames = ['rolling', 'canary', 'blueGreen', 'abTest', 'shadow'] as const;
const strategy = z.strictObject(strategies).superRefine((value, context) => {
  const present = strategyNames.filter((name) => value[name] !== undefined);
  if (present.length === 1) return;
  context.addIssue({
    code: 'custom',
    path: present.length > 1 ? [present[1] ?? 'canary'] : [],
    message:
      present.length === 0
        ? `A strategy is one of ${strategyNames.join(', ')}.`
        : `Only one strategy can hold; this has ${present.join(' and ')}.`,
  });
});

const analysisMetric = z.strictObject({
  name: key(z.string().min(1), 'Name in views and reports.', 'error-rate'),
  query: key(z.string().min(1), 'PromQL that gives one number.', 'sum(rate(http_requests_total{code=~"5.."}[5m]))'),
  compare: key(
    z.enum(['baseline', 'threshold']).default('threshold'),
    'Compare with the version in use, or with fixed bounds.',
    'baseline',
  ),
  tolerance: key(
    z.number().min(0).optional(),
    'How much worse than the baseline is still good, in the metric’s unit.',
    0.01,
  ),
  direction: key(z.enum(['lower', 'higher']).default('lower'), 'Which way is better.', 'lower'),
  minimum: key(z.number().optional(), 'Smallest good value.', 0.8),
  maximum: key(z.number().optional(), 'Largest good value.', 0.05),
  interval: key(duration.default('1m'), 'Time between measurements.', '1m'),
  count: key(z.int().min(1).optional(), 'Number of measurements; as many as it takes when it is left out.', 10),
  failureLimit: key(z.int().min(0).default(0), 'Bad measurements that are put up with.', 1),
});
const analysis = z.strictObject({
  metrics: key(z.array(analysisMetric).min(1), 'What is measured.', [
    { name: 'error-rate', query: 'error_rate', maximum: 0.05 },
  ]),
  onNoData: key(
    z.enum(['pause', 'fail', 'pass']).default('pause'),
    'What it means when a query gives nothing.',
    'pause',
  ),
  minimumDuration: key(duration.optional(), 'Shortest time before it may pass.', '10m'),
  confidence: key(z.number().gt(0.5).lt(1).default(0.95), 'How sure a comparison with the baseline has to be.', 0.95),
});

export const deploymentDocument = z.strictObject({
  ...documentHead('Deployment', 'A model version that answers requests, and how a new one takes over.'),
  model: key(modelReference, 'The version: name@version, name@alias or name@range.', 'churn@champion', 'churn@^1.2'),
  environment: key(identifier, 'One of the workspace’s environments.', 'production'),
  engine: key(
    z.enum(['kubernetes', 'argo-rollouts', 'kserve', 'sagemaker']).default('kubernetes'),
    'What runs it.',
    'kubernetes',
  ),
  serving: key(serving, 'The server.', { image: 'ghcr.io/example/churn:1.2.0', port: 8080 }),
  autoscaling: key(autoscaling.optional(), 'How the number of pods follows the load.', {
    minReplicas: 2,
    maxReplicas: 10,
    metrics: [{ type: 'cpu', target: 70 }],
  }),
  routing: key(routing.optional(), 'How traffic is split.', { provider: 'gateway-api' }),
  strategy: key(strategy.optional(), 'How a new version takes over; rolling when it is left out.', {
    canary: { steps: [{ weight: 10 }] },
  }),
  analysis: key(z.record(identifier, analysis).optional(), 'Analyses that strategies refer to.', {
    quality: { metrics: [{ name: 'error-rate', query: 'error_rate', maximum: 0.05 }] },
  }),
  rollback: key(
    z
      .strictObject({
        automatic: key(z.boolean().default(true), 'Go back when an analysis fails.', true),
        on: key(z.array(z.enum(['analysisFailed', 'podsUnhealthy', 'timeout'])).optional(), 'What it goes back for.', [
          'analysisFailed',
        ]),
      })
      .optional(),
    'When it goes back to the version before.',
    { automatic: true },
  ),
  timeout: key(duration.optional(), 'How long a rollout may make no progress.', '1h'),
});
