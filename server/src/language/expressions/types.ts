import type { DiagnosticCode } from '../diagnostics/diagnostic.ts';

/** The type of an expression. `any` is what can't be known before the document is used. */
export type Type = AnyType | TextType | PlainType | ListType | ObjectType;

export interface AnyType {
  readonly kind: 'any';
}

export interface TextType {
  readonly kind: 'text';
  /** The only values it can have, where they are known. */
  readonly values: readonly string[] | null;
}

export interface PlainType {
  readonly kind: 'number' | 'boolean' | 'null';
}

export interface ListType {
  readonly kind: 'list';
  readonly of: Type;
}

/** A context, or something with named parts. Parts are looked up when asked for: there may be thousands. */
export interface ObjectType {
  readonly kind: 'object';
  /** What it is, for messages: `the step train`. */
  readonly title: string;
  /** What one part is called, and the code under which one that is not there is told; null: any part may be there. */
  readonly part: { readonly noun: string; readonly code: DiagnosticCode } | null;
  /** null: there is no such part. */
  readonly member: (name: string) => Type | null;
  readonly names: () => readonly string[];
}

export const any: AnyType = { kind: 'any' };
export const text: TextType = { kind: 'text', values: null };
export const number: PlainType = { kind: 'number' };
export const boolean: PlainType = { kind: 'boolean' };
export const nothing: PlainType = { kind: 'null' };

export function listOf(of: Type): ListType {
  return { kind: 'list', of };
}

/** An object of which every part is known. */
export function objectOf(
  title: string,
  parts: Readonly<Record<string, Type>>,
  part: ObjectType['part'] = { noun: 'property', code: 'expression-name' },
): ObjectType {
  return {
    kind: 'object',
    title,
    part,
    member: (name) => (Object.hasOwn(parts, name) ? (parts[name] ?? any) : null),
    names: () => Object.keys(parts),
  };
}

/** An object any part of which may be there. */
export function openObject(title: string, of: Type, names: () => readonly string[] = () => []): ObjectType {
  return { kind: 'object', title, part: null, member: () => of, names };
}

export function describeType(type: Type): string {
  switch (type.kind) {
    case 'any':
      return 'anything';
    case 'text':
      return type.values ? `one of ${type.values.map((value) => `'${value}'`).join(', ')}` : 'text';
    case 'list':
      return type.of.kind === 'any' ? 'a list' : `a list of ${describeType(type.of)}`;
    case 'object':
      return type.title;
    case 'null':
      return 'null';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
  }
}
