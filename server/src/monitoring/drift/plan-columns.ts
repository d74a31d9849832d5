import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import type { DriftData, StoredColumn, TypedColumn } from './drift-data.ts';
import type { ColumnSettings, DriftRequest } from './drift-request.ts';
import { type ColumnType, isFor } from './methods.ts';
import type { OwnDetector } from './own-detectors.ts';

/** A column that is going to be compared. */
export interface PlannedColumn {
  readonly column: TypedColumn;
  readonly settings: ColumnSettings;
  /** Empty for Evidently's choice. */
  readonly methods: readonly DriftMethod[];
  /** Whole numbers on both sides. */
  readonly integers: boolean;
  /** Floating-point numbers of 32 bits on both sides. */
  readonly single: boolean;
  /** What a reader should know about how it is compared. */
  readonly note: string | null;
}

/** A column that a detector of one's own judges. */
export interface DetectedColumn {
  readonly name: string;
  readonly type: ColumnType | null;
  readonly detector: OwnDetector;
}

/** A column that can't be compared, and why. */
export interface RefusedColumn {
  readonly name: string;
  readonly type: ColumnType | null;
  readonly verdict: 'no-data' | 'could-not-check';
  readonly reason: string;
}

export interface ColumnPlan {
  readonly columns: readonly (PlannedColumn | DetectedColumn | RefusedColumn)[];
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
}

/** Decides which columns are compared as what; a column that was asked for and can't be is refused, never forgotten. */
export function planColumns(data: Pick<DriftData, 'columns'>, request: DriftRequest): ColumnPlan {
  const reference = byName(data.columns.reference);
  const current = byName(data.columns.current);
  const excluded = new Set(request.exclude);
  const leftOut: { column: string; reason: string }[] = [];
  const named = request.columns;
  const names = named ? [...named.keys()] : [...reference.keys()];
  const columns: (PlannedColumn | DetectedColumn | RefusedColumn)[] = [];
  for (const name of names) {
    if (excluded.has(name)) {
      leftOut.push({ column: name, reason: 'Excluded.' });
      continue;
    }
    const [before, now] = [reference.get(name), current.get(name)];
    if (named === null && before?.type === 'time') {
      leftOut.push({ column: name, reason: 'Times move on by themselves: it is compared where it is named.' });
      continue;
    }
    columns.push(planColumn(name, [before, now], named?.get(name) ?? {}, request));
  }
  if (named === null) {
    for (const name of current.keys()) {
      if (!reference.has(name)) leftOut.push({ column: name, reason: 'The reference does not have it.' });
    }
  }
  return { columns, leftOut };
}

function planColumn(
  name: string,
  [before, now]: readonly [StoredColumn | undefined, StoredColumn | undefined],
  settings: ColumnSettings,
  request: DriftRequest,
): PlannedColumn | DetectedColumn | RefusedColumn {
  const refuse = (
    reason: string,
    type: ColumnType | null = null,
    verdict: RefusedColumn['verdict'] = 'could-not-check',
  ) => ({
    name,
    type,
    verdict,
    reason,
  });
  if (!before && !now) return refuse('Neither side has this column.');
  if (!before) return refuse('The reference does not have this column.');
  if (!now) return refuse('The current data lack this column.');
  if (settings.detector !== undefined) {
    const detector = request.detectors?.get(settings.detector);
    if (!detector) return refuse(`There is no detector ${settings.detector} among detectors.`);
    return { name, type: settings.type ?? before.type, detector };
  }
  if (before.empty && now.empty) return refuse('There is not a single value on either side.', settings.type, 'no-data');
  const type = settings.type ?? commonType(before, now);
  if (typeof type !== 'string') return refuse(type.problem);
  const column = { name, type };
  const numeric = type === 'numeric';
  const kept = {
    column,
    settings,
    integers: numeric && before.integers && now.integers,
    single: numeric && before.single && now.single,
  };
  if (settings.method !== undefined) {
    if (!isFor(settings.method, type)) return refuse(unfit(settings.method, type), type);
    return { ...kept, methods: [settings.method], note: null };
  }
  const methods = request.methods.filter((method) => isFor(method, type));
  const [first] = request.methods;
  const note = methods.length === 0 && first ? `${unfit(first, type)} One that is was chosen.` : null;
  return { ...kept, methods, note };
}

function unfit(method: DriftMethod, type: ColumnType): string {
  return `${method} is not for ${type} columns.`;
}

function commonType(before: StoredColumn, now: StoredColumn): ColumnType | { readonly problem: string } {
  const type = before.empty ? now.type : before.type;
  const [known, other] = before.empty ? [now, before] : [before, now];
  if (type === null) return { problem: `Values of type ${known.storedAs} can’t be compared.` };
  if (other.empty || other.type === type) return type;
  // Whether strings are categories or text is a guess from the reference.
  if (isString(before) && isString(now)) return type;
  return {
    problem:
      `Its type changed from ${before.type ?? before.storedAs} to ${now.type ?? now.storedAs} ` +
      `(${before.storedAs} to ${now.storedAs}). Look for values of another kind, or declare its type in a monitor.`,
  };
}

function isString({ type }: StoredColumn): boolean {
  return type === 'categorical' || type === 'text';
}

function byName(columns: readonly StoredColumn[]): ReadonlyMap<string, StoredColumn> {
  return new Map(columns.map((column) => [column.name, column]));
}

/** Those of a plan that are compared. */
export function comparedColumns({ columns }: ColumnPlan): readonly TypedColumn[] {
  return columns.flatMap((one) => ('column' in one ? [one.column] : []));
}
