import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument, type Scalar } from 'yaml';
import type { Node, Pair, ScalarNode, SyntaxProblem } from './ast.ts';

export interface FullParse {
  readonly root: Node | null;
  readonly problems: readonly SyntaxProblem[];
}

/** Parses a chunk with the full parser. Duplicate keys are left to the caller, who sees the keys of all chunks. */
export function fullParse(text: string): FullParse {
  try {
    return parsed(text);
  } catch (error) {
    // The parser descends by calls, and only it knows how deep.
    if (!(error instanceof RangeError)) throw error;
    const message = 'This is nested too deeply to be read.';
    const start = Math.max(0, text.search(/[^\s]/));
    return {
      root: null,
      problems: [{ start, end: start + 1, code: 'RESOURCE_EXHAUSTION', message, severity: 'error' }],
    };
  }
}

function parsed(text: string): FullParse {
  const document = parseDocument(text, {
    keepSourceTokens: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    merge: false,
    stringKeys: false,
  });
  return { root: convertNode(document.contents as ParsedNode | null), problems: problemsOf(document, text) };
}

function problemsOf(document: Document.Parsed, text: string): SyntaxProblem[] {
  const of = (severity: 'error' | 'warning') => (error: { pos: [number, number]; code: string; message: string }) => ({
    start: Math.min(error.pos[0], text.length),
    end: Math.min(Math.max(error.pos[1], error.pos[0] + 1), text.length),
    code: error.code,
    message: error.message,
    severity,
  });
  return [...document.errors.map(of('error')), ...document.warnings.map(of('warning'))];
}

const styles: Readonly<Record<string, ScalarNode['style']>> = {
  QUOTE_DOUBLE: 'double',
  QUOTE_SINGLE: 'single',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

export function convertNode(node: ParsedNode | null | undefined): Node | null {
  if (!node?.range) return null;
  const [start, valueEnd] = node.range;
  if (isAlias(node)) return { type: 'alias', start, end: valueEnd, name: node.source };
  const properties = { ...(node.anchor ? { anchor: node.anchor } : {}), ...(node.tag ? { tag: node.tag } : {}) };
  if (isScalar(node)) {
    // The parser makes an empty scalar where nothing stands.
    if (start === valueEnd && !node.anchor && !node.tag) return null;
    return {
      type: 'scalar',
      start,
      end: valueEnd,
      value: scalarValue(node),
      style: styles[node.type ?? ''] ?? 'plain',
      ...properties,
    };
  }
  if (isMap(node)) {
    const items: Pair[] = [];
    for (const pair of node.items) {
      const key = convertNode(pair.key as ParsedNode | null) ?? {
        type: 'scalar' as const,
        start,
        end: start,
        value: null,
        style: 'plain' as const,
      };
      items.push({ key, value: convertNode(pair.value as ParsedNode | null) });
    }
    const last = items.at(-1);
    return {
      type: 'map',
      start: items[0] && !node.flow ? items[0].key.start : start,
      end: node.flow || !last ? valueEnd : (last.value?.end ?? last.key.end + 1),
      flow: node.flow === true,
      items,
      ...properties,
    };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => convertNode(item as ParsedNode | null));
    const last = items.at(-1);
    return {
      type: 'seq',
      start,
      end: node.flow || !last ? valueEnd : last.end,
      flow: node.flow === true,
      items,
      ...properties,
    };
  }
  return null;
}

function scalarValue(node: Scalar): ScalarNode['value'] {
  const value = node.value;
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
  )
    return value;
  return typeof node.source === 'string' ? node.source : String(value);
}
