import type { Expression } from '../../platform/expressions/ast.ts';
import { memberOf } from '../symbols/expression-references.ts';
import type { Unit } from '../symbols/file-symbols.ts';
import { type Origin, usedBy } from '../symbols/resolve.ts';
import type { Artifact } from '../symbols/symbol.ts';
import type { IndexedFile } from '../symbols/workspace-index.ts';

/** An artifact with the place where it is declared. */
export interface Producer {
  readonly artifact: Artifact;
  readonly file: IndexedFile;
  readonly unit: Unit;
}

/** `steps.a.outputs.b`, with or without `.path` or `[*]` behind it; null for every other expression. */
export function outputNamed(expression: Expression): { step: string; output: string } | null {
  if (expression.type === 'each') return outputNamed(expression.object);
  const last = memberOf(expression);
  if (!last) return null;
  const section = memberOf(last.object);
  const step = section?.name === 'outputs' ? memberOf(section.object) : null;
  if (step?.object.type === 'name' && step.object.name === 'steps') return { step: step.name, output: last.name };
  return last.name === 'path' || last.name === 'uri' ? outputNamed(last.object) : null;
}

/** Pipelines that use each other in a circle end here. */
const MAX_DEPTH = 8;

/** The declaration behind an output of a step, through the pipeline that the step uses; null where it can't be known. */
export function producerOf(origin: Origin, step: string, output: string, depth = 0): Producer | null {
  const unit = origin.document.steps.get(step);
  const declared = unit?.symbols.step?.outputs.get(output);
  if (unit && declared) return { artifact: declared, file: origin.file, unit };
  const used = usedBy(origin, step);
  if (!used || depth > MAX_DEPTH) return null;
  const unitOfOutputs = used.document.units.find(({ section, name }) => section === null && name === 'outputs');
  const handed = unitOfOutputs?.symbols.expressions.find(
    ({ path, whole }) => whole && path.length === 2 && path[1] === output,
  );
  const inner = handed ? outputNamed(handed.root) : null;
  return inner && producerOf({ index: origin.index, ...used }, inner.step, inner.output, depth + 1);
}
