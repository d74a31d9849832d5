import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { JsonNumber } from '#schemas/domain/number.ts';
import { format } from '../shared/format.ts';

export type ColumnType = DriftDetails['type'];

/** A value as a person reads it: a moment where the column is one. */
export function valueText(value: JsonNumber, type: ColumnType): string {
  return type === 'time' && typeof value === 'number' ? format.dateTime(value) : format.number(value);
}

/** What a number of the column counts; nothing where it says so itself. */
export function unitText(type: ColumnType): string | null {
  return type === 'text' ? 'Length in characters' : null;
}
