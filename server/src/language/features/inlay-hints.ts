import cronstrue from 'cronstrue';
import type { Unit } from '../symbols/file-symbols.ts';
import { scalarOf, spanOf, UnitReader, type View } from '../symbols/view.ts';
import type { IndexedFile } from '../symbols/workspace-index.ts';
import type { Position } from './cursor.ts';
import { rangeOfSpan } from './symbol-at.ts';

export interface InlayHint {
  readonly position: Position;
  readonly text: string;
}

/** Schedules in words, and durations that are easier read in larger units. */
export function inlayHints(file: IndexedFile, lines: { readonly start: number; readonly end: number }): InlayHint[] {
  const found: InlayHint[] = [];
  for (const { units } of file.symbols.documents) {
    for (const unit of units) {
      if (unit.chunks.every(({ firstLine, endLine }) => endLine <= lines.start || firstLine > lines.end)) continue;
      const reader = new UnitReader(unit.symbols.view);
      visit(reader, unit.symbols.view.value, unit.symbols.view.name, (view, key) => {
        const hint = hintOf(file, unit, view, key);
        if (hint && hint.position.line >= lines.start && hint.position.line <= lines.end) found.push(hint);
      });
    }
  }
  return found;
}

function hintOf(file: IndexedFile, unit: Unit, view: View, key: string): InlayHint | null {
  const scalar = scalarOf(view);
  if (!scalar || typeof scalar.value !== 'string') return null;
  const text =
    key === 'schedule' && unit.section === null ? scheduleInWords(scalar.value) : durationInWords(scalar.value, key);
  return text === null ? null : { position: rangeOfSpan(file, unit, spanOf(view.part, scalar)).end, text };
}

function visit(reader: UnitReader, view: View, key: string, found: (view: View, key: string) => void): void {
  if (view.node?.type === 'scalar') {
    found(view, key);
    return;
  }
  for (const entry of reader.entries(view)) visit(reader, entry.value, entry.name, found);
  for (const item of reader.items(view)) visit(reader, item, key, found);
}

/** A cron schedule in words; null for one that can't be read. */
export function scheduleInWords(schedule: string): string | null {
  try {
    return cronstrue.toString(schedule, { use24HourTimeFormat: true, verbose: true });
  } catch {
    return null;
  }
}

const durationKeys =
  /^(?:timeout|pause|initial|maximum|maxAge|for|repeat|duration|interval|minimumDuration|scaleDownDelay|keepFiringFor|period|initialDelay|terminationGracePeriod)$/;
const units = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
] as const;
const unitSizes: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** `90m` as `1 hour 30 minutes`; null where larger units say nothing more. */
export function durationInWords(text: string, key: string): string | null {
  if (!durationKeys.test(key) || !/^(?:\d+(?:ms|[wdhms]))+$/.test(text)) return null;
  const given = [...text.matchAll(/(\d+)(ms|[wdhms])/g)].map((found) => ({
    count: Number(found[1]),
    unit: found[2] ?? 's',
  }));
  let rest = given.reduce((sum, { count, unit }) => sum + count * (unitSizes[unit] ?? 0), 0);
  const parts: { count: number; name: string; size: number }[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push({ count, name, size });
  }
  const largest = Math.max(...given.map(({ unit }) => unitSizes[unit] ?? 0));
  if (parts.length === 0 || (parts[0]?.size ?? 0) <= largest) return null;
  return parts.map(({ count, name }) => `${count} ${name}${count === 1 ? '' : 's'}`).join(' ');
}
