import { type Token, tokenize } from '../../platform/expressions/lexer.ts';
import type { Unit } from '../symbols/file-symbols.ts';
import { type ExpressionUse, offsetInChunk, type ReferenceKind, type SymbolKind } from '../symbols/symbol.ts';
import type { Span } from '../symbols/view.ts';
import type { IndexedFile } from '../symbols/workspace-index.ts';
import { rangeOfSpan } from './symbol-at.ts';

export const tokenTypes = [
  'namespace',
  'class',
  'function',
  'parameter',
  'variable',
  'property',
  'string',
  'number',
  'keyword',
  'operator',
] as const;
export const tokenModifiers = ['declaration'] as const;

export interface SemanticToken {
  readonly line: number;
  readonly character: number;
  readonly length: number;
  readonly type: (typeof tokenTypes)[number];
  readonly declaration: boolean;
}

type TokenType = SemanticToken['type'];

const definitionTypes: Readonly<Record<SymbolKind, TokenType>> = {
  document: 'class',
  param: 'parameter',
  input: 'parameter',
  output: 'property',
  step: 'function',
  stepInput: 'parameter',
  stepOutput: 'property',
  matrix: 'variable',
  environment: 'namespace',
  channel: 'namespace',
  role: 'class',
  tracker: 'namespace',
  analysis: 'function',
  detector: 'function',
  metric: 'variable',
  stage: 'class',
};
const referenceTypes: Partial<Record<ReferenceKind, TokenType>> = {
  ...definitionTypes,
  model: 'class',
  argument: 'parameter',
};

/** Names that are defined and referred to, and the parts of expressions, in the order of the text. */
export function semanticTokens(
  file: IndexedFile,
  lines?: { readonly start: number; readonly end: number },
): SemanticToken[] {
  const found: SemanticToken[] = [];
  for (const { units } of file.symbols.documents) {
    for (const unit of units) {
      const isOutside =
        lines && unit.chunks.every(({ firstLine, endLine }) => endLine <= lines.start || firstLine > lines.end);
      if (!isOutside) for (const token of tokensOf(file, unit)) found.push(token);
    }
  }
  return found.sort((a, b) => a.line - b.line || a.character - b.character);
}

function tokensOf(file: IndexedFile, unit: Unit): SemanticToken[] {
  const found: SemanticToken[] = [];
  const add = (span: Span, type: TokenType, declaration = false) => {
    const { start, end } = rangeOfSpan(file, unit, span);
    if (start.line !== end.line || end.character <= start.character) return;
    found.push({
      line: start.line,
      character: start.character,
      length: end.character - start.character,
      type,
      declaration,
    });
  };
  for (const { kind, span } of unit.symbols.definitions) add(span, definitionTypes[kind], true);
  for (const { kind, span, inExpression } of unit.symbols.references) {
    const type = referenceTypes[kind];
    if (type && !inExpression) add(span, type);
  }
  for (const use of unit.symbols.expressions) {
    const tokens = tokenize(use.text, []);
    for (const [index, token] of tokens.entries()) {
      const type = typeOfToken(token, tokens[index - 1], tokens[index + 1]);
      if (type) add(spanOfToken(use, token), type);
    }
  }
  return found;
}

function spanOfToken(use: ExpressionUse, { start, end }: Token): Span {
  return { part: use.part, start: offsetInChunk(use, start), end: offsetInChunk(use, end) };
}

function typeOfToken(token: Token, before: Token | undefined, after: Token | undefined): TokenType | null {
  switch (token.type) {
    case 'number':
    case 'string':
      return token.type;
    case 'name':
      if (before?.type === 'punctuation' && before.text === '.') return 'property';
      if (after?.type === 'punctuation' && after.text === '(') return 'function';
      return /^(?:true|false|null)$/.test(token.text) ? 'keyword' : 'namespace';
    case 'punctuation':
      return /^[.,()[\]]$/.test(token.text) ? null : 'operator';
    default:
      return null;
  }
}
