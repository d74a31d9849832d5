import { readFileSync } from 'node:fs';
import type { Definitions, JsonSchema } from './schema-set.ts';

/**
 * Reads the messages of a Python module that `protoc` wrote (`*_pb2.py`), which holds the file's descriptor in its wire
 * format, as schemas of their JSON form (https://protobuf.dev/programming-guides/json/).
 */
export function readProtobufModels(file: string): Definitions {
  const literal = /AddSerializedFile\(b(['"])((?:\\[\s\S]|(?!\1)[^\\])*)\1\)/.exec(readFileSync(file, 'utf8'))?.[2];
  if (literal === undefined) throw new Error(`${file} holds no descriptor.`);
  const descriptor = fieldsOf(pythonBytes(literal));
  const own = `.${textAt(descriptor, 2)}.`;
  const definitions: Definitions = new Map();
  const enums = new Map<string, string[]>();
  const maps = new Map<string, readonly Field[]>();
  const messages: { readonly name: string; readonly fields: readonly Field[] }[] = [];
  const collect = (message: readonly Field[], scope: string) => {
    const name = `${scope}${textAt(message, 1)}`;
    for (const each of manyAt(message, 4)) enums.set(`${own}${name}.${textAt(each, 1)}`, enumOf(each));
    for (const each of manyAt(message, 3)) collect(each, `${name}.`);
    const options = manyAt(message, 7)[0];
    if (options?.some(({ number, value }) => number === 7 && value === 1)) maps.set(`${own}${name}`, message);
    else messages.push({ name, fields: message });
  };
  for (const each of manyAt(descriptor, 5)) enums.set(`${own}${textAt(each, 1)}`, enumOf(each));
  for (const each of manyAt(descriptor, 4)) collect(each, '');
  const context = { own, enums, maps, known: new Set(messages.map(({ name }) => name)) };
  for (const { name, fields } of messages) definitions.set(name, messageOf(fields, context));
  return definitions;
}

interface Context {
  readonly own: string;
  readonly enums: ReadonlyMap<string, string[]>;
  readonly maps: ReadonlyMap<string, readonly Field[]>;
  readonly known: ReadonlySet<string>;
}

function messageOf(message: readonly Field[], context: Context): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  // Readers take the name that the message gives a field, too.
  for (const field of manyAt(message, 2)) {
    const name = textAt(field, 1);
    const schema = fieldOf(field, context);
    properties[camelCase(name)] = schema;
    properties[name] = schema;
  }
  return { type: 'object', properties };
}

const REPEATED = 3;
const BOOL = 8;
const STRING = 9;
const MESSAGE = 11;
const BYTES = 12;
const ENUM = 14;

function fieldOf(field: readonly Field[], context: Context): JsonSchema {
  const map = context.maps.get(textAt(field, 6));
  if (map) {
    const value = manyAt(map, 2).find((each) => textAt(each, 1) === 'value');
    return { type: 'object', additionalProperties: value ? singleOf(value, context) : {} };
  }
  const single = singleOf(field, context);
  return numberAt(field, 4) === REPEATED ? { type: 'array', items: single } : single;
}

function singleOf(field: readonly Field[], { own, enums, known }: Context): JsonSchema {
  const name = textAt(field, 6);
  switch (numberAt(field, 5)) {
    case BOOL:
      return { type: 'boolean' };
    case STRING:
    case BYTES:
      return { type: 'string' };
    case MESSAGE: {
      const target = name.startsWith(own) ? name.slice(own.length) : '';
      return known.has(target) ? { $ref: target } : {};
    }
    case ENUM:
      return { type: 'string', enum: enums.get(name) ?? [] };
    default:
      // Numbers of 64 bits may be text.
      return { type: ['number', 'string'] };
  }
}

function enumOf(descriptor: readonly Field[]): string[] {
  return manyAt(descriptor, 2).map((value) => textAt(value, 1));
}

function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

/** The fields of one message in the wire format. */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let result = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0;
      result += (byte & 127) * shift;
      if (byte < 128) return result;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 2: {
        const length = varint();
        fields.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      default:
        throw new Error(`Wire type ${tag % 8} is not expected in a descriptor.`);
    }
  }
  return fields;
}

function manyAt(fields: readonly Field[], number: number): Field[][] {
  return fields.flatMap((field) =>
    field.number === number && typeof field.value !== 'number' ? [fieldsOf(field.value)] : [],
  );
}

function textAt(fields: readonly Field[], number: number): string {
  const value = fields.find((field) => field.number === number)?.value;
  return value === undefined || typeof value === 'number' ? '' : value.toString('utf8');
}

function numberAt(fields: readonly Field[], number: number): number {
  const value = fields.find((field) => field.number === number)?.value;
  return typeof value === 'number' ? value : 0;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

function pythonBytes(literal: string): Buffer {
  const text = literal.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (_, code: string) => {
    if (/^x/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return escapes[code] ?? `\\${code}`;
  });
  return Buffer.from(text, 'latin1');
}
