import type { PythonFunction } from './module.ts';

const headEnd = /^[\s(,*/]*\)\s*(?:->\s*[^:\n]+)?:/;
const docstring = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*[rRuU]?("""|'''|"|')([\s\S]*?)\1/;

/** Markdown: the head of a function as it is written, and its docstring; the name alone where the head can't be told. */
export function signatureOf({ span, full, isAsync, parameters }: PythonFunction, text: string): string {
  const from = parameters.at(-1)?.end ?? span.end;
  const rest = text.slice(from, full.end);
  const head = headEnd.exec(rest)?.[0];
  const def = isAsync ? 'async def' : 'def';
  const until = head === undefined ? span.end : from + head.length - 1;
  const code = `\`\`\`python\n${def} ${text.slice(span.start, until).trimEnd()}\n\`\`\``;
  const doc = head === undefined ? undefined : docstring.exec(rest.slice(head.length))?.[2];
  return doc?.trim() ? `${code}\n\n${outdented(doc)}` : code;
}

/** A docstring without the indentation of its code. */
function outdented(doc: string): string {
  const [first = '', ...rest] = doc.split(/\r?\n/);
  const indents = rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return [first.trim(), ...rest.map((line) => line.slice(indent))].join('\n').trim();
}
