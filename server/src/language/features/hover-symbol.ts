import { expressionFunctions, signatureOf } from '../../platform/expressions/functions.ts';
import { visitExpression } from '../symbols/expression-references.ts';
import type { Target } from '../symbols/resolve.ts';
import { offsetInChunk, type SymbolKind } from '../symbols/symbol.ts';
import type { Hover } from './hover.ts';
import { offsetAt } from './locate.ts';
import { type Place, rangeOfSpan, symbolAt, targetsAt } from './symbol-at.ts';

const nouns: Readonly<Record<SymbolKind, string>> = {
  document: 'document',
  param: 'param',
  input: 'input of the pipeline',
  output: 'output of the pipeline',
  step: 'step',
  stepInput: 'input',
  stepOutput: 'output',
  matrix: 'matrix key',
  environment: 'environment',
  channel: 'channel',
  role: 'role',
  tracker: 'tracker',
  analysis: 'analysis',
  detector: 'detector',
  metric: 'metric',
  stage: 'stage',
};

const MAX_LINES = 12;

/** What a reference means: its definition as it is written. null where there is nothing to say that keys don't say. */
export function hoverSymbol(place: Place): Hover | null {
  const at = symbolAt(place);
  if (!at) return hoverFunction(place);
  if (!at.reference) return null;
  const [target] = targetsAt(at, place.index);
  if (!target) return null;
  return { text: describe(target, place.uri), ...rangeOfSpan(at.file, at.unit, at.span) };
}

function describe(target: Target, from: string): string {
  const { definition, document, file } = target;
  const of = definition.owner ? ` of \`${definition.owner}\`` : '';
  const noun = definition.kind === 'document' ? (document.kind ?? 'document') : nouns[definition.kind];
  const where = file.uri === from ? '' : `\n\nIn ${decodeURIComponent(file.uri.slice(file.uri.lastIndexOf('/') + 1))}`;
  return `**${noun}** \`${definition.name}\`${of}\n\n\`\`\`yaml\n${snippetOf(target)}\n\`\`\`${where}`;
}

/** The lines of a definition, without their common indentation. */
function snippetOf({ file, unit, definition }: Target): string {
  const { start, end } = rangeOfSpan(file, unit, definition.full);
  const { lines, text } = file.symbols.source;
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const all: string[] = [];
  for (let line = start.line; line <= Math.min(last, start.line + MAX_LINES - 1); line++) {
    all.push(text.slice(lines.starts[line], lines.starts[line + 1]).replace(/\r?\n$/, ''));
  }
  const indent = Math.min(...all.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0));
  if (last - start.line >= MAX_LINES) all.push(`${' '.repeat(indent + 2)}…`);
  return all
    .map((line) => line.slice(indent))
    .join('\n')
    .trimEnd();
}

/** A function of an expression with its arguments. */
function hoverFunction({ index, uri, position }: Place): Hover | null {
  const file = index.get(uri);
  if (!file) return null;
  const offset = offsetAt(file.symbols.source, position);
  for (const document of file.symbols.documents) {
    for (const unit of document.units) {
      for (const use of unit.symbols.expressions) {
        const chunkStart = unit.chunks[use.part]?.offset ?? 0;
        if (offset < chunkStart + use.start || offset > chunkStart + use.end) continue;
        let found: Hover | null = null;
        visitExpression(use.root, (expression) => {
          if (expression.type !== 'call') return;
          const span = {
            part: use.part,
            start: offsetInChunk(use, expression.start),
            end: offsetInChunk(use, expression.nameEnd),
          };
          const known = expressionFunctions.get(expression.name);
          if (!known || offset < chunkStart + span.start || offset > chunkStart + span.end) return;
          found = { text: `\`${signatureOf(known)}\`\n\n${known.description}`, ...rangeOfSpan(file, unit, span) };
        });
        return found;
      }
    }
  }
  return null;
}
