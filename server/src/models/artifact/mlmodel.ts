import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { IoSignature } from '#schemas/domain/model-version.ts';
import { FailureError } from '../../platform/failure.ts';
import { readSignature, SignatureError } from './mlmodel-signature.ts';

/** What an MLmodel file says. */
export interface Mlmodel {
  /** In alphabetical order. */
  readonly flavors: readonly string[];
  /** The flavour that a person would name; null where there is none. */
  readonly framework: string | null;
  readonly signature: IoSignature | null;
}

const text = z.string().nullish();
const content = z.object({
  flavors: z.record(z.string(), z.unknown()).nullish(),
  signature: z.object({ inputs: text, outputs: text, params: text }).nullish(),
});

/** Flavours that only say how to call the model, not what it is. */
const GENERIC: ReadonlySet<string> = new Set(['python_function', 'mleap', 'crate']);

/** Reads the text of an MLmodel file. Fails with `input` where it is damaged, naming the line or key. */
export function parseMlmodel(source: string): Mlmodel {
  const lines = new LineCounter();
  const document = parsedYaml(source, lines);
  const parsed = content.safeParse(contentOf(document));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map(String);
    throw damaged(placeOf(document, lines, path), issue?.message ?? 'it is no description of a model');
  }
  const flavors = Object.keys(parsed.data.flavors ?? {}).sort();
  return {
    flavors,
    framework: flavors.find((name) => !GENERIC.has(name)) ?? flavors[0] ?? null,
    signature: parsed.data.signature ? signatureOf(parsed.data.signature) : null,
  };
}

function parsedYaml(source: string, lineCounter: LineCounter): Document {
  let document: Document;
  try {
    // Scalars stay texts: PyYAML writes YAML 1.1, where other words than in 1.2 are numbers and truth values.
    document = parseDocument(source, { lineCounter, schema: 'failsafe', customTags: ['null'], version: '1.1' });
  } catch (error) {
    throw damaged('', error instanceof Error ? error.message : String(error));
  }
  const [error] = document.errors;
  if (error) throw damaged(`line ${lineCounter.linePos(error.pos[0]).line}`, error.message.split('\n')[0] ?? '');
  return document;
}

function contentOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw damaged('', error instanceof Error ? error.message : String(error));
  }
}

function placeOf(document: Document, lines: LineCounter, path: readonly string[]): string {
  const node: unknown = path.length === 0 ? null : document.getIn(path, true);
  const ranged = z.object({ range: z.tuple([z.number()]).rest(z.number()) }).safeParse(node);
  const line = ranged.success ? `line ${lines.linePos(ranged.data.range[0]).line}` : '';
  return [line, path.join('.')].filter((part) => part !== '').join(', ');
}

function signatureOf(texts: NonNullable<z.infer<typeof content>['signature']>): IoSignature | null {
  const { inputs = null, outputs = null, params = null } = texts;
  try {
    return readSignature({ inputs, outputs, params });
  } catch (error) {
    if (error instanceof SignatureError) throw damaged(error.place, error.message);
    throw error;
  }
}

function damaged(place: string, what: string): FailureError {
  return new FailureError('input', `The file MLmodel can’t be read: ${place === '' ? '' : `${place}: `}${what}`, {
    remedy: 'Save the model again, or mend the file: it says what goes into the model and what comes out.',
  });
}
