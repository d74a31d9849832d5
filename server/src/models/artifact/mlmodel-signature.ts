import { z } from 'zod';
import type { IoSignature } from '#schemas/domain/model-version.ts';
import { formatIoType, type IoType } from './io-type.ts';

type Field = NonNullable<IoSignature['inputs']>[number];

/** Levels of arrays in maps in objects: far more than anybody means, far fewer than a stack holds. */
const MAX_DEPTH = 100;

/** The three JSON texts of a `signature` in an MLmodel file; null for what it leaves out. */
export interface SignatureTexts {
  readonly inputs: string | null;
  readonly outputs: string | null;
  readonly params: string | null;
}

/**
 * Reads the signature of an MLmodel file: columns with their types as text (`io-type.ts`), tensors with dtype and shape.
 * Null where it says nothing. Throws SignatureError, which names the place.
 */
export function readSignature(texts: SignatureTexts): IoSignature | null {
  const signature = {
    inputs: read('inputs', texts.inputs, columns),
    outputs: read('outputs', texts.outputs, columns),
    params: read('params', texts.params, params),
  };
  return Object.values(signature).every((part) => part === null) ? null : signature;
}

/** `place` is where in the MLmodel file: `signature.inputs[2].type`. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly place: string;

  constructor(place: string, message: string) {
    super(message);
    this.place = place;
  }
}

function read(part: keyof SignatureTexts, text: string | null, schema: z.ZodType<Field[]>): Field[] | null {
  if (text === null) return null;
  const place = `signature.${part}`;
  if (depthOf(text) > MAX_DEPTH) throw new SignatureError(place, `it nests deeper than ${MAX_DEPTH} levels`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SignatureError(place, error instanceof Error ? `it is no JSON: ${error.message}` : 'it is no JSON');
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const inner = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  throw new SignatureError(place + inner, issue?.message ?? 'it is no list of fields');
}

/** Never less than the depth of what the text says: brackets within its strings count too. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

interface RawType {
  readonly type: string;
  readonly items?: RawType | undefined;
  readonly values?: RawType | undefined;
  readonly properties?: Readonly<Record<string, RawProperty>> | undefined;
}

interface RawProperty extends RawType {
  readonly required?: boolean | undefined;
}

/** What a type says besides its name depends on that: `array` has items, `map` values, `object` properties. */
const typeParts = {
  type: z.string().min(1),
  get items() {
    return rawType.optional();
  },
  get values() {
    return rawType.optional();
  },
  get properties() {
    return z.record(z.string(), rawProperty).optional();
  },
};

const PART_OF: Readonly<Record<string, 'items' | 'values' | 'properties'>> = {
  array: 'items',
  map: 'values',
  object: 'properties',
};

function requirePart(raw: RawType, context: z.RefinementCtx): void {
  const part = Object.hasOwn(PART_OF, raw.type) ? PART_OF[raw.type] : undefined;
  if (part !== undefined && raw[part] === undefined) {
    context.addIssue({ code: 'custom', message: `the type ${raw.type} needs ${part}`, path: [part] });
  }
}

const rawType: z.ZodType<RawType> = z.lazy(() => z.object(typeParts).superRefine(requirePart));
const rawProperty: z.ZodType<RawProperty> = z.lazy(() =>
  z.object({ ...typeParts, required: z.boolean().optional() }).superRefine(requirePart),
);

function ioType({ type, items, values, properties }: RawType): IoType {
  if (type === 'array' && items) return { kind: 'array', of: ioType(items) };
  if (type === 'map' && values) return { kind: 'map', of: ioType(values) };
  if (type !== 'object' || !properties) return { kind: 'scalar', name: type };
  return {
    kind: 'object',
    properties: Object.entries(properties).map(([name, property]) => ({
      name,
      type: ioType(property),
      required: property.required ?? true,
    })),
  };
}

const shape = z.array(z.int());
const fieldName = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((name) => name ?? null);

const tensor = z
  .object({
    name: fieldName,
    type: z.literal('tensor'),
    'tensor-spec': z.object({ dtype: z.string().min(1), shape }),
  })
  .transform(({ name, 'tensor-spec': spec }): Field => ({ name, type: spec.dtype, shape: spec.shape, required: true }));

/** MLflow 2.4 and earlier said `optional` where later versions say `required`. */
const column = z
  .object({ ...typeParts, name: fieldName, required: z.boolean().nullish(), optional: z.boolean().nullish() })
  .superRefine(requirePart)
  .transform(
    ({ name, required, optional, ...type }): Field => ({
      ...{ name, type: formatIoType(ioType(type)), shape: null },
      required: required ?? !(optional ?? false),
    }),
  );

/** A value is chosen by `type`, so that what is wrong is said of the one that was meant. */
const columns: z.ZodType<Field[]> = z.array(
  z.unknown().transform((value, context): Field => {
    const isTensor = typeof value === 'object' && value !== null && 'type' in value && value.type === 'tensor';
    const result = (isTensor ? tensor : column).safeParse(value);
    if (result.success) return result.data;
    context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: value, code: 'custom' as const })));
    return z.NEVER;
  }),
);

/** Each has a default, so none is required. MLflow before 2.10 said `dtype` where later versions say `type`. */
const params: z.ZodType<Field[]> = z.array(
  z
    .object({ ...typeParts, type: z.string().min(1).optional(), dtype: z.string().min(1).optional() })
    .extend({ name: z.string(), shape: shape.nullish() })
    .transform(({ name, shape: length, type, dtype, ...parts }, context): Field => {
      const named = type ?? dtype;
      if (named !== undefined) {
        const raw = { ...parts, type: named };
        requirePart(raw, context);
        return { name, type: formatIoType(ioType(raw)), shape: length ?? null, required: false };
      }
      context.addIssue({ code: 'custom', message: 'it has no type', path: ['type'] });
      return z.NEVER;
    }),
);
