import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkSource } from '#server/language/diagnostics/check-source.ts';
import type { Node } from '#server/language/syntax/ast.ts';
import { convertNode } from '#server/language/syntax/full-parse.ts';
import { type Branch, type Chunk, type Container, parseSource, updateSource } from '#server/language/syntax/source.ts';
import { edited, patient, randomEdit, randomText, texts } from './fixtures.ts';

type Plain = string | number | boolean | null | readonly Plain[];

/** Values alone, in an order that shows the shape. */
function plain(node: Node | null): Plain {
  if (node === null) return null;
  if (node.type === 'alias') return `*${node.name}`;
  if (node.type === 'seq') return node.items.map(plain);
  if (node.type === 'map') return ['map', ...node.items.map(({ key, value }) => [plain(key), plain(value)])];
  return typeof node.value === 'bigint' || Number.isNaN(node.value) ? String(node.value) : node.value;
}

function entries(part: Chunk | Branch): readonly Plain[] {
  const root = part.type === 'leaf' ? part.parsed.root : part.header.parsed.root;
  if (root?.type === 'seq') return root.items.map(plain);
  if (root?.type !== 'map') return ['?'];
  if (part.type === 'leaf') return root.items.map(({ key, value }) => [plain(key), plain(value)]);
  return root.items.map(({ key }) => [plain(key), plainBody(part.body)]);
}

function plainBody(body: Container | Chunk): Plain {
  if (body.type === 'leaf') return plain(body.parsed.root);
  const inner = body.entries.flatMap(entries);
  return body.type === 'seq' ? inner : ['map', ...inner];
}

/** What the documents of a text hold, by our chunks. */
function ours(text: string): Plain {
  return parseSource(text)
    .documents.map(({ body }) => (body === null ? null : plainBody(body)))
    .filter((value) => value !== null);
}

/** The same, by the `yaml` package; null where it finds the text broken. */
function theirs(text: string): Plain {
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const all = 'empty' in documents ? [] : documents;
  if (all.some(({ errors }) => errors.length > 0)) return null;
  return all.map(({ contents }) => plain(convertNode(contents))).filter((value) => value !== null);
}

function isBroken(text: string): boolean {
  return checkSource(parseSource(text)).some(({ code }) => code === 'yaml-syntax' || code === 'yaml-indentation');
}

function comparable(text: string, source: ReturnType<typeof parseSource>): string {
  return JSON.stringify(
    [text.length, [...source.lines.starts], [...source.lines.indents], source.documents],
    (_, value: unknown) =>
      typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value,
  );
}

describe('chunks of a text', () => {
  it('cover what they were made of, in order', () => {
    for (const text of texts) {
      const { chunks } = parseSource(text);
      const sorted = [...chunks].sort((a, b) => a.offset - b.offset);
      expect(chunks.length).toBeGreaterThan(1);
      for (const [index, chunk] of sorted.entries()) {
        const next = sorted[index + 1];
        if (next) expect(next.offset).toBeGreaterThanOrEqual(chunk.offset + chunk.length);
      }
    }
  });

  it('hold the values that the yaml package reads', () => {
    for (const text of texts) expect(ours(text)).toEqual(theirs(text));
  });

  // Text at the margin above keys is one scalar to YAML. The chunks take it for a broken entry, and say so, to keep what
  // follows alive: the promise is that nothing is misread in silence.
  it(
    'hold them after edits, too, wherever neither finds the text broken',
    () => {
      fc.assert(
        fc.property(randomText, fc.array(randomEdit, { minLength: 1, maxLength: 4 }), (start, edits) => {
          const text = edits.reduce((current, edit) => edited(current, edit).text, start);
          const expected = theirs(text);
          if (expected !== null && !isBroken(text)) expect(ours(text)).toEqual(expected);
        }),
        { numRuns: 25, seed: 20 },
      );
    },
    patient,
  );

  it(
    'are the same after a series of edits as when read anew',
    () => {
      fc.assert(
        fc.property(randomText, fc.array(randomEdit, { minLength: 1, maxLength: 8 }), (start, edits) => {
          let text = start;
          let source = parseSource(text);
          for (const each of edits) {
            const next = edited(text, each);
            source = updateSource(source, next.text, next.edit);
            text = next.text;
          }
          expect(comparable(text, source)).toBe(comparable(text, parseSource(text)));
        }),
        { numRuns: 20, seed: 21 },
      );
    },
    patient,
  );

  it('are taken over where an edit does not touch them', () => {
    const text = `steps:\n${Array.from({ length: 40 }, (_, index) => `  s${index}:\n    run: x\n`).join('')}`;
    const before = parseSource(text);
    const at = text.indexOf('s20:');
    const after = updateSource(before, `${text.slice(0, at)}q${text.slice(at)}`, {
      start: at,
      oldEnd: at,
      newEnd: at + 1,
    });
    const kept = new Set(before.chunks.map(({ parsed }) => parsed));
    expect(after.chunks.length).toBeGreaterThan(20);
    expect(after.chunks.filter(({ parsed }) => !kept.has(parsed))).toHaveLength(1);
  });
});
