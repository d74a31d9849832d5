import { z } from 'zod';
import { cron, documentHead, duration, identifier, key, orExpression, resources, stringMap, text } from './common.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const parameterKeys = {
  description: key(
    z.string().optional(),
    'What it does, for whoever runs the pipeline.',
    'Step size of the optimiser.',
  ),
};
const parameter = z.discriminatedUnion('type', [
  z.strictObject({
    type: key(z.literal('string'), 'Text.', 'string'),
    default: key(z.string().optional(), 'Used when none is given; without one the parameter is required.', 'auc'),
    enum: key(z.array(z.string()).min(1).optional(), 'The values allowed.', ['auc', 'f1']),
    pattern: key(z.string().optional(), 'Regular expression that the value has to match.', '^[a-z]+$'),
    ...parameterKeys,
  }),
  z.strictObject({
    type: key(z.literal('number'), 'A number.', 'number'),
    default: key(z.number().optional(), 'Used when none is given; without one the parameter is required.', 0.1),
    enum: key(z.array(z.number()).min(1).optional(), 'The values allowed.', [0.1, 0.3]),
    minimum: key(z.number().optional(), 'Smallest value allowed.', 0),
    maximum: key(z.number().optional(), 'Largest value allowed.', 1),
    ...parameterKeys,
  }),
  z.strictObject({
    type: key(z.literal('integer'), 'A whole number.', 'integer'),
    default: key(z.int().optional(), 'Used when none is given; without one the parameter is required.', 100),
    enum: key(z.array(z.int()).min(1).optional(), 'The values allowed.', [50, 100]),
    minimum: key(z.int().optional(), 'Smallest value allowed.', 1),
    maximum: key(z.int().optional(), 'Largest value allowed.', 1000),
    ...parameterKeys,
  }),
  z.strictObject({
    type: key(z.literal('boolean'), 'true or false.', 'boolean'),
    default: key(z.boolean().optional(), 'Used when none is given; without one the parameter is required.', false),
    ...parameterKeys,
  }),
]);

const artifactTypes = ['dataset', 'model', 'metrics', 'file', 'directory', 'report'] as const;
const columnTypes = [
  'int8',
  'int16',
  'int32',
  'int64',
  'float32',
  'float64',
  'bool',
  'string',
  'date',
  'timestamp',
  'binary',
  'category',
] as const;

const artifactKeys = {
  type: key(z.enum(artifactTypes), 'What kind of thing it is; steps that hand it on have to agree.', 'dataset'),
  description: key(z.string().optional(), 'What is in it.', 'One row a customer.'),
  columns: key(z.record(z.string(), z.enum(columnTypes)).optional(), 'Columns of a dataset with their types.', {
    tenure: 'int64',
    churned: 'bool',
  }),
};
const input = z.strictObject({
  ...artifactKeys,
  path: key(z.string().optional(), 'Where it lies: a path, a glob or a URI of an artifact store.', 'data/raw.csv'),
  optional: key(z.boolean().default(false), 'The step runs without it, too.', true),
});
const output = z.strictObject({
  ...artifactKeys,
  path: key(z.string().min(1), 'Where the step writes it.', 'work/train.parquet'),
});

const retryCause = z.union([
  z.enum(['timeout', 'failure', 'evicted', 'outOfMemory']),
  z.strictObject({ exitCode: key(z.union([z.int(), z.array(z.int()).min(1)]), 'Exit code, or several.', 75) }),
]);
const retry = z.strictObject({
  limit: key(orExpression(z.int().min(0).max(100)), 'How many times at most it is tried again.', 3),
  backoff: key(
    z
      .strictObject({
        initial: key(duration.default('1s'), 'Wait before the first new try.', '5s'),
        factor: key(z.number().min(1).default(2), 'How much longer each wait is than the one before.', 2),
        maximum: key(duration.optional(), 'Longest wait.', '1m'),
        jitter: key(z.boolean().default(true), 'Vary the waits, so that many steps don’t try at once.', true),
      })
      .optional(),
    'How long to wait in between.',
    { initial: '5s', factor: 2, maximum: '1m' },
  ),
  on: key(z.array(retryCause).min(1).optional(), 'What is tried again; everything when it is left out.', [
    'timeout',
    { exitCode: 75 },
  ]),
});

const cache = z.union([
  z.boolean(),
  z.strictObject({
    enabled: key(z.boolean().default(true), 'Take over the outputs of an earlier run with the same inputs.', true),
    key: key(z.string().optional(), 'More text for the key, to tell apart what inputs don’t.', '${{ env.DATA_DAY }}'),
    maxAge: key(duration.optional(), 'Older results are not taken over.', '7d'),
  }),
]);

const matrixValues = z.union([
  z.array(scalar).min(1),
  text(/^\$\{\{[\s\S]*\}\}$/, 'Expected a list, or an expression that gives one.'),
]);
const matrix = z.record(identifier, matrixValues);

const register = z.strictObject({
  model: key(z.string().min(1), 'The artifact to register.', '${{ steps.evaluate.outputs.best }}'),
  name: key(z.string().min(1), 'Name of the model in the registry.', 'churn'),
  bump: key(
    z.enum(['major', 'minor', 'patch', 'auto']).default('auto'),
    'Which part of the version goes up; auto decides by what changed.',
    'minor',
  ),
  aliases: key(z.array(z.string()).optional(), 'Aliases that point at the new version.', ['challenger']),
  metrics: key(z.string().optional(), 'Metrics to keep with the version.', '${{ steps.evaluate.outputs.scores }}'),
});

const stepKeys = {
  name: key(z.string().optional(), 'A title for people.', 'Train the model'),
  needs: key(
    z.union([identifier, z.array(identifier)]).optional(),
    'Steps that have to be done before; using their outputs implies it.',
    ['prepare'],
  ),
  if: key(
    z.union([z.boolean(), z.string()]).optional(),
    'Condition under which the step runs.',
    '${{ steps.evaluate.outputs.scores.auc > 0.8 }}',
  ),
  run: key(
    z.string().min(1).optional(),
    'Command line. Expressions reach it as environment variables.',
    'python train.py --data ${{ inputs.data.path }}',
  ),
  shell: key(
    z.enum(['bash', 'sh', 'pwsh', 'cmd', 'python']).optional(),
    'Shell of `run`; the system’s own when it is left out.',
    'bash',
  ),
  entrypoint: key(
    text(/^[^:\s]+(?:\.py)?:[A-Za-z_]\w*$/, 'Expected file.py:function or package.module:function.').optional(),
    'Python function that is called with the values of `with`.',
    'train.py:main',
  ),
  uses: key(z.string().min(1).optional(), 'Another pipeline that runs as this step.', './evaluate.mlops.yaml'),
  register: key(register.optional(), 'Registers a model version.', {
    model: '${{ steps.train.outputs.model }}',
    name: 'churn',
  }),
  with: key(z.record(z.string(), z.unknown()).optional(), 'Arguments of the function or of the pipeline used.', {
    lr: '${{ params.learning_rate }}',
  }),
  inputs: key(z.record(identifier, input).optional(), 'What the step reads.', {
    raw: { type: 'dataset', path: 'data/raw.csv' },
  }),
  outputs: key(z.record(identifier, output).optional(), 'What the step writes.', {
    train: { type: 'dataset', path: 'work/train.parquet' },
  }),
  env: key(stringMap.optional(), 'Environment variables.', { OMP_NUM_THREADS: '2' }),
  secrets: key(z.array(z.string()).optional(), 'Secrets that the step gets as environment variables.', ['HF_TOKEN']),
  matrix: key(matrix.optional(), 'Runs the step once for each combination of values.', { depth: [3, 5, 7] }),
  maxParallel: key(z.int().min(1).optional(), 'How many of the matrix run at once.', 2),
  continueOnError: key(z.boolean().default(false), 'Go on with other steps when this one fails.', true),
  retry: key(retry.optional(), 'When and how it is tried again.', { limit: 3 }),
  timeout: key(orExpression(duration).optional(), 'How long one attempt may take.', '30m'),
  resources: key(resources.optional(), 'What it needs.', { cpu: 2, memory: '4Gi' }),
  cache: key(
    cache.optional(),
    'Whether results of earlier runs are taken over; on by default where outputs are declared.',
    false,
  ),
  container: key(
    z
      .strictObject({
        image: key(z.string().min(1), 'Image that the step runs in.', 'ghcr.io/example/train:1.4'),
        command: key(z.array(z.string()).optional(), 'Replaces the image’s entry point.', ['python']),
        pullPolicy: key(
          z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
          'When the image is pulled.',
          'IfNotPresent',
        ),
      })
      .optional(),
    'Container on engines that have them.',
    { image: 'ghcr.io/example/train:1.4' },
  ),
  workingDirectory: key(z.string().optional(), 'Folder that the command runs in, relative to this file.', 'training'),
};

/** What a step does: exactly one of these. */
export const stepActions = ['run', 'entrypoint', 'uses', 'register'] as const;

const step = z.strictObject(stepKeys).superRefine((value, context) => {
  const present = stepActions.filter((action) => value[action] !== undefined);
  if (present.length === 1) return;
  context.addIssue({
    code: 'custom',
    path: present.length > 1 ? [present[1] ?? 'run'] : [],
    message:
      present.length === 0
        ? 'A step needs something to do: one of run, entrypoint, uses or register.'
        : `A step does one thing; this one has ${present.join(' and ')}.`,
  });
});

const testCase = z.strictObject({
  name: key(z.string().min(1), 'Name of the test.', 'learns on a small table'),
  params: key(z.record(identifier, scalar).optional(), 'Parameters of the run.', { stages: 5 }),
  inputs: key(z.record(identifier, z.string()).optional(), 'Files that take the place of inputs.', {
    raw: 'tests/small.csv',
  }),
  steps: key(z.array(identifier).optional(), 'Steps to run; all when it is left out.', ['prepare', 'train']),
  expect: key(z.array(z.string()).min(1), 'Conditions that have to hold afterwards.', [
    '${{ steps.train.outputs.scores.auc > 0.5 }}',
  ]),
});

export const pipelineDocument = z.strictObject({
  ...documentHead('Pipeline', 'Steps from data to a registered model.'),
  params: key(z.record(identifier, parameter).optional(), 'Parameters that a run may be given.', {
    learning_rate: { type: 'number', default: 0.1, minimum: 0 },
  }),
  inputs: key(
    z.record(identifier, input).optional(),
    'What the pipeline is given, by files or by the pipeline that uses it.',
    {
      models: { type: 'model' },
    },
  ),
  outputs: key(z.record(identifier, z.string()).optional(), 'What it hands to the pipeline that uses it.', {
    best: '${{ steps.choose.outputs.best }}',
  }),
  env: key(stringMap.optional(), 'Environment variables of all steps.', { TZ: 'UTC' }),
  seed: key(
    z.int().nonnegative().optional(),
    'Seed for random numbers; steps get it as PYTHONHASHSEED and MLOPS_SEED.',
    42,
  ),
  engine: key(
    z.enum(['local', 'kubeflow', 'argo', 'sagemaker', 'kubernetes']).default('local'),
    'Where it runs unless said otherwise.',
    'local',
  ),
  schedule: key(cron.optional(), 'When it runs by itself.', '0 3 * * *'),
  experiment: key(
    z.string().optional(),
    'Experiment that its runs are tracked in; the pipeline’s name when it is left out.',
    'churn',
  ),
  maxParallel: key(
    z.int().min(1).optional(),
    'How many steps run at once; the number of cores when it is left out.',
    2,
  ),
  timeout: key(duration.optional(), 'How long the whole run may take.', '6h'),
  defaults: key(
    z
      .strictObject({
        retry: key(retry.optional(), 'For steps without their own.', { limit: 1 }),
        timeout: key(duration.optional(), 'For steps without their own.', '1h'),
        resources: key(resources.optional(), 'For steps without their own.', { cpu: 1 }),
        shell: key(z.enum(['bash', 'sh', 'pwsh', 'cmd', 'python']).optional(), 'For steps without their own.', 'bash'),
        container: key(
          z.strictObject({ image: key(z.string().min(1), 'Image.', 'python:3.12-slim') }).optional(),
          'For steps without their own.',
          { image: 'python:3.12-slim' },
        ),
      })
      .optional(),
    'What holds for every step that says nothing else.',
    { timeout: '1h' },
  ),
  steps: key(
    z.record(identifier, step).refine((steps) => Object.keys(steps).length > 0, 'A pipeline needs at least one step.'),
    'The steps, by name. They run as soon as what they need is there.',
    { prepare: { run: 'python prepare.py' } },
  ),
  finally: key(z.record(identifier, step).optional(), 'Steps that run at the end, whatever happened.', {
    report: { run: 'python report.py' },
  }),
  tests: key(z.array(testCase).optional(), 'Tests of the pipeline.', [
    { name: 'runs', expect: ["${{ steps.train.status == 'succeeded' }}"] },
  ]),
});
