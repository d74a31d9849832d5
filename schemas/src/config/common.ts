import { z } from 'zod';

/** Gives a key of a document what hover and completion show: a description and at least one example. */
export function key<T extends z.ZodType>(schema: T, description: string, ...examples: [unknown, ...unknown[]]): T {
  return schema.meta({ description, examples });
}

/** Text of a certain form. The message stands in the JSON Schema as well, where editors of VS Code's family look for it. */
export function text(pattern: RegExp, message: string) {
  return z.string().regex(pattern, message).meta({ patternErrorMessage: message });
}

/** `${{ … }}` alone: its value takes the place, with its type. */
const wholeExpression = text(/^\$\{\{[\s\S]*\}\}$/, 'Expected an expression such as ${{ params.name }}.');

/** A value, or an expression that gives one when the document is run. */
export function orExpression<T extends z.ZodType>(schema: T) {
  return z.union([schema, wholeExpression]);
}

/** `30s`, `5m`, `1h30m`, `2d`: whole numbers with units from large to small, or several of them; `500ms` too. */
const durationPattern = /^(?=.)(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/;
export const duration = text(durationPattern, 'Expected a duration such as 30s, 5m or 1h30m.').meta({
  title: 'duration',
});

/** A Kubernetes quantity: `2`, `500m`, `4Gi`, `1.5`. */
const quantityPattern = /^\d+(?:\.\d+)?(?:m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;
export const quantity = z
  .union([z.number().nonnegative(), text(quantityPattern, 'Expected a quantity such as 500m, 2 or 4Gi.')])
  .meta({ title: 'quantity' });

/** Five fields, or six with seconds first, or a nickname. */
const cronPattern =
  /^(?:@(?:yearly|annually|monthly|weekly|daily|hourly)|(?:[\d*,/LW#?A-Za-z-]+\s+){4,5}[\d*,/LW#?A-Za-z-]+)$/;
export const cron = text(cronPattern, 'Expected a cron schedule of five fields, such as "0 * * * *".').meta({
  title: 'cron schedule',
});

/** Kubernetes' rule for names of objects (RFC 1123): they end up in labels, resources and URLs. */
export const objectName = text(
  /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
  'Expected at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit.',
);

/** A key that expressions can name: `steps.train`, `params.learning_rate`. */
export const identifier = text(/^[A-Za-z_][\w-]*$/, 'Expected a letter or underscore, then letters, digits, _ or -.');

/** `name@1.2.0`, `name@champion`, `name@^1.2`, `name@>=1.0 <2`. */
export const modelReference = text(
  /^(?:[^@\s]+@[^@\s]+(?: +[^@\s]+)*|.*\$\{\{.*\}\}.*)$/,
  'Expected name@version, name@alias or name@range, such as churn@champion.',
).meta({ title: 'model reference' });

export const stringMap = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const metadata = z.strictObject({
  name: key(objectName, 'Name of this document; unique among those of its kind in the workspace.', 'churn'),
  description: key(z.string().optional(), 'What it is for, in a sentence.', 'Predicts which customers leave.'),
  labels: key(
    z.record(z.string(), z.string()).optional(),
    'Labels to find it by; they are copied to what is made from it (Kubernetes objects, run tags).',
    { team: 'growth' },
  ),
  annotations: key(z.record(z.string(), z.string()).optional(), 'Notes for other tools; copied, never read.', {
    'example.com/ticket': 'ML-42',
  }),
});

/** What every document begins with. */
export function documentHead<K extends string>(kind: K, description: string) {
  return {
    apiVersion: key(z.literal('mlops/v1'), 'Version of this format.', 'mlops/v1'),
    kind: key(z.literal(kind), description, kind),
    metadata: key(metadata, 'Name and labels of this document.', { name: 'churn' }),
  };
}

export const resources = z.strictObject({
  cpu: key(orExpression(quantity).optional(), 'CPU cores.', 2, '500m'),
  memory: key(orExpression(quantity).optional(), 'Memory.', '4Gi'),
  gpu: key(orExpression(z.int().nonnegative()).optional(), 'Number of GPUs.', 1),
  gpuType: key(z.string().optional(), 'Kind of GPU, as the nodes are labelled.', 'nvidia-l4'),
  ephemeralStorage: key(orExpression(quantity).optional(), 'Disk that is gone afterwards.', '20Gi'),
});
