import type { DocumentSymbols, Unit } from '../symbols/file-symbols.ts';
import type { IndexedFile } from '../symbols/workspace-index.ts';
import type { MeaningFinding } from './finding.ts';

/** Steps that wait for themselves, each circle once, told at the step of it that stands first. */
export function checkCycles(file: IndexedFile, document: DocumentSymbols): { unit: Unit; finding: MeaningFinding }[] {
  return cyclesOf(document.steps).flatMap((names) => {
    const units = names.flatMap((name) => document.steps.get(name) ?? []);
    const [first] = units;
    const next = names[1] ?? names[0] ?? '';
    const span = first?.symbols.step?.needs.get(next);
    if (!first || !span) return [];
    const way = wayOf(names);
    const message =
      names.length === 1 ? `The step \`${first.name}\` waits for itself.` : `These steps wait for each other: ${way}.`;
    const related = units.slice(1, MOST_NAMED).flatMap((unit, index) => {
      const towards = names[(index + 2) % names.length] ?? '';
      const at = unit.symbols.step?.needs.get(towards);
      return at ? [{ file, unit, span: at, message: `\`${unit.name}\` waits for \`${towards}\`.` }] : [];
    });
    return [{ unit: first, finding: { code: 'step-cycle' as const, span, message, related } }];
  });
}

/** Steps of one circle that are named; circles that are told. A graph of thousands may hold more than can be counted. */
const MOST_NAMED = 20;
const MOST_CYCLES = 100;

function wayOf(names: readonly string[]): string {
  const quoted = names.slice(0, MOST_NAMED).map((name) => `\`${name}\``);
  const left = names.length - quoted.length;
  return [...quoted, ...(left > 0 ? [`${left} more`] : []), `\`${names[0]}\``].join(' → ');
}

/** Circles of a graph by a search in depth that needs no call stack: there may be thousands of steps in a row. */
function cyclesOf(steps: DocumentSymbols['steps']): string[][] {
  if (areInOrder(steps)) return [];
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of steps.keys()) {
    if (done.has(start)) continue;
    const path: string[] = [start];
    const onPath = new Set(path);
    const pending = [needsOf(steps, start)];
    while (path.length > 0) {
      const next = pending.at(-1)?.next();
      if (!next || next.done) {
        const left = path.pop() ?? '';
        pending.pop();
        onPath.delete(left);
        done.add(left);
      } else if (onPath.has(next.value)) {
        cycles.push(path.slice(path.indexOf(next.value)));
        if (cycles.length >= MOST_CYCLES) return cycles;
      } else if (!done.has(next.value) && steps.has(next.value)) {
        path.push(next.value);
        onPath.add(next.value);
        pending.push(needsOf(steps, next.value));
      }
    }
  }
  return cycles;
}

/** Whether every step waits for steps above it alone, as most pipelines are written: then there is no circle. */
function areInOrder(steps: DocumentSymbols['steps']): boolean {
  const above = new Set<string>();
  for (const name of steps.keys()) {
    for (const need of needsOf(steps, name)) if (!above.has(need) && steps.has(need)) return false;
    above.add(name);
  }
  return true;
}

function needsOf(steps: DocumentSymbols['steps'], name: string): IterableIterator<string> {
  return (steps.get(name)?.symbols.step?.needs ?? new Map<string, never>()).keys();
}
