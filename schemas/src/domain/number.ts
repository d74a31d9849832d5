import { z } from 'zod';

/** A floating-point number as JSON can carry it: what JSON lacks travels as a string. */
// Literals, not an enum: TypeScript writes an enum's key `-Infinity` into declarations as if it were computed, and loses it.
export const jsonNumber = z.union([z.number(), z.literal(['NaN', 'Infinity', '-Infinity'])]);
export type JsonNumber = z.infer<typeof jsonNumber>;

/** A 64-bit integer as JSON can carry it exactly: a number up to 2^53 − 1 in size, else its decimal digits. */
export const jsonInteger = z.union([z.int(), z.string().regex(/^-?\d+$/)]);
export type JsonInteger = z.infer<typeof jsonInteger>;

/** Encodes a floating-point number for JSON. */
export function toJsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** Decodes what {@link toJsonNumber} wrote. */
export function fromJsonNumber(value: JsonNumber): number {
  return typeof value === 'number' ? value : Number(value);
}

/** Encodes a 64-bit integer for JSON without losing a digit. */
export function toJsonInteger(value: number | bigint): JsonInteger {
  if (typeof value === 'number') return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value.toString();
}

/** Decodes what {@link toJsonInteger} wrote: a number where it is exact, else a bigint. */
export function fromJsonInteger(value: JsonInteger): number | bigint {
  return typeof value === 'number' ? value : BigInt(value);
}
