import { typeOfExpression } from '../expressions/type-check.ts';
import type { Unit } from '../symbols/file-symbols.ts';
import type { Origin } from '../symbols/resolve.ts';
import { offsetInChunk } from '../symbols/symbol.ts';
import type { MeaningFinding } from './finding.ts';
import { type Seen, scopeOf } from './scope.ts';

/** Names, functions and types in the expressions of a unit. */
export function checkExpressionMeaning(origin: Origin, unit: Unit, seen: Seen): MeaningFinding[] {
  const found: MeaningFinding[] = [];
  for (const use of unit.symbols.expressions) {
    // Half of a tree would give half of the truth; what is wrong with its syntax is told already.
    if (use.hasProblems) continue;
    typeOfExpression(use.root, scopeOf(origin, unit, use, seen), ({ start, end, ...problem }) => {
      const span = { part: use.part, start: offsetInChunk(use, start), end: offsetInChunk(use, end) };
      found.push({ ...problem, span });
    });
  }
  return found;
}
