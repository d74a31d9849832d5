import { z } from 'zod';
import { documentHead, duration, identifier, key, text } from './common.ts';

const size = text(/^\d+(?:\.\d+)?(?:B|kB|MB|GB|KiB|MiB|GiB)$/, 'Expected a size such as 500MB or 2GiB.');

const metricGate = z
  .strictObject({
    metric: key(z.string().min(1), 'Metric of the run that the version came from.', 'auc'),
    minimum: key(z.number().optional(), 'Smallest value that passes.', 0.8),
    maximum: key(z.number().optional(), 'Largest value that passes.', 0.2),
    compare: key(z.string().optional(), 'Version or alias to compare with.', 'champion'),
    minimumDelta: key(z.number().optional(), 'How much better than that it has to be.', 0),
    direction: key(z.enum(['higher', 'lower']).default('higher'), 'Which way is better.', 'lower'),
  })
  .refine((gate) => gate.minimum !== undefined || gate.maximum !== undefined || gate.compare !== undefined, {
    message: 'A metric gate needs a bound: minimum, maximum, or compare with minimumDelta.',
  });

const gate = z.union([
  metricGate,
  z.strictObject({ signed: key(z.boolean(), 'The version is signed with a key of a member.', true) }),
  z.strictObject({ schemaCompatible: key(z.boolean(), 'Inputs and outputs fit the version in use.', true) }),
  z.strictObject({ maxSize: key(size, 'Largest size of all files together.', '500MB') }),
  z.strictObject({
    latency: key(
      z.strictObject({
        run: key(z.string().min(1), 'Command that asks the model once.', 'python predict.py'),
        maximum: key(duration, 'Longest time, for the 95th percentile.', '200ms'),
        count: key(z.int().min(1).default(20), 'How often it is asked.', 20),
      }),
      'How long an answer takes.',
      { run: 'python predict.py', maximum: '200ms' },
    ),
  }),
  z.strictObject({
    command: key(z.string().min(1), 'Command that exits with 0 when the version passes.', 'python check.py'),
    name: key(z.string().optional(), 'Name in reports.', 'fairness'),
    timeout: key(duration.default('10m'), 'How long it may take.', '5m'),
  }),
  z.strictObject({
    card: key(z.array(z.string()).min(1), 'Sections that the model card has to have.', ['Intended use', 'Limitations']),
  }),
  z.strictObject({
    licences: key(z.array(z.string()).min(1), 'SPDX names of licences that are allowed.', ['Apache-2.0', 'MIT']),
  }),
  z.strictObject({ safePickle: key(z.boolean(), 'No pickle in the model runs anything but known classes.', true) }),
]);

const stage = z.strictObject({
  name: key(identifier, 'Name of the stage.', 'production'),
  description: key(z.string().optional(), 'What it means.', 'Customers see it.'),
  approvals: key(z.int().min(0).default(0), 'How many members have to approve, each with a key of their own.', 2),
  approvers: key(z.array(identifier).optional(), 'Roles that may approve.', ['maintainer']),
  requireSignature: key(z.boolean().default(false), 'Only signed versions.', true),
  requireGates: key(z.boolean().default(true), 'All gates have passed.', true),
  alias: key(z.string().optional(), 'Alias that moves to the version.', 'champion'),
});

export const modelDocument = z.strictObject({
  ...documentHead('Model', 'A model of the registry: what its versions have to show, and the stages they pass.'),
  owner: key(z.string().optional(), 'Who answers for it.', 'growth'),
  card: key(z.string().optional(), 'Path of the model card.', 'MODEL_CARD.md'),
  licence: key(z.string().optional(), 'SPDX name of its licence.', 'Apache-2.0'),
  validation: key(
    z
      .strictObject({
        gates: key(z.array(gate).min(1), 'What is checked; all have to pass.', [{ metric: 'auc', minimum: 0.8 }]),
      })
      .optional(),
    'What a version has to show.',
    { gates: [{ metric: 'auc', minimum: 0.8 }] },
  ),
  stages: key(z.array(stage).optional(), 'Stages in their order.', [
    { name: 'staging' },
    { name: 'production', approvals: 2 },
  ]),
  signing: key(
    z
      .strictObject({
        verifyOn: key(
          z.array(z.enum(['register', 'promote', 'download', 'deploy'])).default(['promote', 'deploy']),
          'When a signature has to be there and is verified.',
          ['promote'],
        ),
        keys: key(z.array(z.string()).optional(), 'Paths of public keys that are trusted.', ['keys/ci.pub']),
      })
      .optional(),
    'How signatures are used.',
    { verifyOn: ['promote', 'deploy'] },
  ),
  pickle: key(z.enum(['forbid', 'scan', 'allow']).default('scan'), 'What to do about pickles in the model.', 'scan'),
  retention: key(
    z
      .strictObject({
        keep: key(z.int().min(1), 'Newest versions that stay.', 10),
        keepAliased: key(z.boolean().default(true), 'Versions with an alias or stage stay, too.', true),
      })
      .optional(),
    'Which old versions are proposed for archiving.',
    { keep: 10 },
  ),
});
