import { apiVersion, isKind, type Kind, kinds } from '#schemas/config/document.ts';
import { keptWith } from '../../platform/kept-with.ts';
import { documentAnchors, namesOf } from '../schema/anchors.ts';
import {
  type CheckContext,
  checkPairs,
  checkRequired,
  checkValue,
  keyText,
  type Place,
} from '../schema/check-value.ts';
import { anything, type SchemaNode, schemaOf } from '../schema/schema-model.ts';
import type { Pair } from '../syntax/ast.ts';
import type { LineTable } from '../syntax/lines.ts';
import type { Branch, Chunk, Container, Parsed, Source, SourceDocument } from '../syntax/source.ts';
import { chunksOf, type Entry, entriesOf } from '../syntax/walk.ts';
import { type Diagnostic, diagnosticCodes, shiftDiagnostic, shiftRange } from './diagnostic.ts';
import { didYouMean } from './did-you-mean.ts';
import { checkExpressions } from './expression-findings.ts';
import type { Finding, Report } from './finding.ts';
import { rangeOf } from './ranges.ts';
import { checkRules, checkRulesOfKeys, type Keys } from './rules.ts';
import { checkSecrets } from './secret-findings.ts';
import { suppressed } from './suppressions.ts';
import { syntaxFinding, syntaxFindings } from './syntax-findings.ts';

/**
 * All diagnostics of a file, in order. What a chunk's own text decides is kept with the chunk, so that after an edit
 * only the chunks that it touched are looked at again.
 */
export function checkSource(source: Source): Diagnostic[] {
  const all: Diagnostic[] = [];
  for (const document of source.documents) checkDocument(source, document, all);
  const kept = suppressed(source, all);
  return kept.sort((a, b) => a.range.startLine - b.range.startLine || a.range.startCharacter - b.range.startCharacter);
}

interface DocumentCheck {
  readonly source: Source;
  readonly kind: Kind | null;
  readonly anchors: ReturnType<typeof documentAnchors>;
  readonly all: Diagnostic[];
}

function checkDocument(source: Source, document: SourceDocument, all: Diagnostic[]): void {
  if (document.body === null) return;
  const chunks = chunksOf(document);
  let wasOutOfLine = false;
  let wasLate = false;
  for (const chunk of chunks) {
    const isOutOfLine = chunk.misplaced?.code === 'BAD_INDENT';
    const isLate = chunk.parsed.late === true;
    // One stray line puts all that follow out of line: the first of them says so for the rest.
    if (!(isLate && wasLate)) addAll(syntaxOf(chunk, source, !(isOutOfLine && wasOutOfLine)), chunk, all);
    wasOutOfLine = isOutOfLine;
    wasLate ||= isLate;
  }
  const entries = entriesOf(document.body);
  const head = headOf(entries);
  const check: DocumentCheck = { source, kind: head.kind, anchors: documentAnchors(document), all };
  for (const chunk of chunks) checkAliases(chunk, check);
  if (document.body.type === 'leaf' && document.body.parsed.root?.type !== 'map') {
    reportNoMapping(document.body, check);
    return;
  }
  if (document.body.type === 'seq') {
    add(check, entries[0]?.chunk ?? chunks[0], {
      code: 'schema-type',
      start: 0,
      end: 1,
      message: `A document has keys; it begins with \`kind:\`, one of ${kinds.join(', ')}.`,
    });
    return;
  }
  checkHead(head, entries, check);
  if (head.kind === null) return;
  const first = entries[0];
  const place = head.kindEntry ? placeOf(head.kindEntry) : first ? placeOf(first) : null;
  checkBody(document.body, schemaOf(head.kind), [], place, check);
}

/** Where a key stands. */
interface ChunkPlace {
  readonly chunk: Chunk;
  readonly place: Place;
}

function placeOf(entry: Entry): ChunkPlace {
  return { chunk: entry.chunk, place: entry.pair.key };
}

/** Checks the entries of a collection that is spread over chunks. */
function checkBody(
  body: Container | Chunk,
  schema: SchemaNode,
  path: readonly string[],
  at: ChunkPlace | null,
  check: DocumentCheck,
): void {
  const parts: readonly (Chunk | Branch)[] = body.type === 'leaf' ? [body] : body.entries;
  if (body.type === 'seq') {
    for (const part of parts) if (part.type === 'leaf') checkItems(part, schema, path, check);
    return;
  }
  for (const part of parts) {
    if (part.type === 'leaf') checkLeaf(part, schema, path, check);
    else checkBranch(part, schema, path, check);
  }
  checkKeys(entriesOf(body), schema, path, at, check);
}

function checkBranch(branch: Branch, schema: SchemaNode, path: readonly string[], check: DocumentCheck): void {
  if (branch.misplaced)
    add(
      check,
      branch.header,
      syntaxFinding(branch.misplaced, textOf(branch.header, check.source), branch.header.parsed.root),
    );
  const pair = entriesOf(branch.header)[0]?.pair;
  const name = pair ? keyText(pair.key) : null;
  if (!pair || name === null) return;
  const inner = schema.properties.get(name) ?? schema.additional;
  // Unknown keys, and names that are none, are told with the header; what is under them can't be known.
  checkPairsOf(
    branch.header,
    [{ key: pair.key, value: { type: 'map', start: 0, end: 0, flow: false, items: [] } }],
    {
      ...schema,
      properties: new Map([...schema.properties].map(([key]) => [key, anything])),
      additional: schema.additional ? anything : null,
    },
    check,
  );
  if (!inner) return;
  const wanted = branch.body.type === 'seq' ? 'array' : 'object';
  const fitting =
    inner.alternatives.length > 0 ? inner.alternatives.filter((each) => each.types.includes(wanted)) : [inner];
  const chosen = fitting.length === 1 ? fitting[0] : undefined;
  if (chosen && (chosen.types.length === 0 || chosen.types.includes(wanted))) {
    checkBody(branch.body, chosen, [...path, name], { chunk: branch.header, place: pair.key }, check);
  } else if (fitting.length === 0 || chosen) {
    const shape = wanted === 'array' ? 'a list' : 'a mapping';
    add(check, branch.header, {
      code: 'schema-type',
      start: pair.key.start,
      end: pair.key.end,
      message: `\`${name}\` can’t be ${shape}.`,
    });
  }
}

function checkPairsOf(
  chunk: Chunk,
  pairs: Parameters<typeof checkPairs>[0],
  schema: SchemaNode,
  check: DocumentCheck,
): void {
  checkPairs(
    pairs,
    schema,
    contextOf((finding) => add(check, chunk, finding), check),
  );
}

// ── what a chunk's own text decides ─────────────────────────────────────────────────────────────────────────────
interface Kept {
  syntax?: readonly Diagnostic[];
  readonly byPlace: Map<SchemaNode, readonly Diagnostic[]>;
}
const kept = keptWith<Parsed, Kept>();

function keptOf(parsed: Parsed): Kept {
  let entry = kept.get(parsed);
  if (!entry) {
    entry = { byPlace: new Map() };
    kept.set(parsed, entry);
  }
  return entry;
}

function syntaxOf(chunk: Chunk, source: Source, tellPlace: boolean): readonly Diagnostic[] {
  const memory = keptOf(chunk.parsed);
  memory.syntax ??= syntaxFindings(chunk.parsed.problems, textOf(chunk, source), chunk.parsed.root).map((finding) =>
    diagnosticOf(finding, chunk, source.lines),
  );
  if (!chunk.misplaced || !tellPlace) return memory.syntax;
  return [
    ...memory.syntax,
    diagnosticOf(syntaxFinding(chunk.misplaced, textOf(chunk, source), chunk.parsed.root), chunk, source.lines),
  ];
}

/** The entries of one chunk in a mapping of `schema`. */
function checkLeaf(chunk: Chunk, schema: SchemaNode, path: readonly string[], check: DocumentCheck): void {
  const root = chunk.parsed.root;
  if (root?.type !== 'map') return;
  keepChecks(chunk, schema, check, (report, context) => {
    const isVersion = (pair: Pair) => path.length === 0 && keyText(pair.key) === 'apiVersion';
    checkPairs(
      root.items.filter((pair) => !isVersion(pair)),
      schema,
      context,
    );
    checkPairs(root.items.filter(isVersion), schema, {
      ...context,
      report: (finding) => report({ ...finding, code: 'document-api-version' }),
    });
    for (const { key, value } of root.items)
      checkRules(check.kind ?? 'Workspace', [...path, keyText(key) ?? ''], value, key, report);
  });
}

/** The items of one chunk in a list of `schema`. */
function checkItems(chunk: Chunk, schema: SchemaNode, path: readonly string[], check: DocumentCheck): void {
  const root = chunk.parsed.root;
  if (root?.type !== 'seq') return;
  keepChecks(chunk, schema, check, (report, context) => {
    for (const item of root.items) {
      if (schema.items) checkValue(item, schema.items, item ?? root, context);
      checkRules(check.kind ?? 'Workspace', [...path, '*'], item, item ?? root, report);
    }
  });
}

function keepChecks(
  chunk: Chunk,
  schema: SchemaNode,
  check: DocumentCheck,
  run: (report: Report, context: CheckContext) => void,
): void {
  const memory = keptOf(chunk.parsed);
  const free = namesOf(chunk.parsed).aliases.length === 0;
  let found = free ? memory.byPlace.get(schema) : undefined;
  if (!found) {
    const findings: Finding[] = [];
    untilEnough(findings, (report) => {
      // A chunk that can't be read has one thing to say, and guesses about the rest would only be in the way.
      if (!chunk.parsed.problems.some((problem) => problem.severity === 'error')) run(report, contextOf(report, check));
      checkExpressions(chunk.parsed.root, textOf(chunk, check.source), report);
      checkSecrets(chunk.parsed.root, report);
    });
    found = findings.map((finding) => diagnosticOf(finding, chunk, check.source.lines));
    if (free) memory.byPlace.set(schema, found);
  }
  addAll(found, chunk, check.all);
}

/** Findings of one chunk: who wrote so much that is wrong knows by then. */
const ENOUGH = 1000;
const enough = new Error('enough findings');

/** Ends a check in the midst of it once there are enough findings. */
function untilEnough(findings: Finding[], run: (report: Report) => void): void {
  try {
    run((finding) => {
      if (findings.push(finding) >= ENOUGH) throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  }
}

// ── what the keys of a collection decide together ───────────────────────────────────────────────────────────────
function checkKeys(
  entries: readonly Entry[],
  schema: SchemaNode,
  path: readonly string[],
  at: ChunkPlace | null,
  check: DocumentCheck,
): void {
  const seen = new Map<string, Entry>();
  const merges = entries.some((entry) => keyText(entry.pair.key) === '<<');
  for (const entry of entries) {
    const name = keyText(entry.pair.key);
    if (name === null || name === '<<') continue;
    const first = seen.get(name);
    if (first) reportDuplicate(entry, first, name, check);
    else seen.set(name, entry);
  }
  if (merges || at === null) return;
  const report: Report = (finding) => add(check, at.chunk, finding);
  checkRequired(seen, schema, at.place, contextOf(report, check));
  if (path.length === 0 || check.kind === null) return;
  const keys = (): Keys =>
    new Map(
      [...seen].map(([name, entry]) => [
        name,
        { key: entry.chunk === at.chunk ? entry.pair.key : null, value: entry.pair.value },
      ]),
    );
  checkRulesOfKeys(check.kind, path, keys, at.place, report);
}

function reportDuplicate(entry: Entry, first: Entry, name: string, check: DocumentCheck): void {
  const finding: Finding = {
    code: 'yaml-duplicate-key',
    start: entry.pair.key.start,
    end: entry.pair.key.end,
    message: `The key \`${name}\` stands here twice; only one value would count.`,
  };
  const diagnostic = shiftDiagnostic(diagnosticOf(finding, entry.chunk, check.source.lines), entry.chunk.firstLine);
  const range = shiftRange(rangeOf(first.pair.key, first.chunk, check.source.lines), first.chunk.firstLine);
  check.all.push({ ...diagnostic, related: [{ range, message: `\`${name}\` stands here first.` }] });
}

// ── head of a document ──────────────────────────────────────────────────────────────────────────────────────────
interface Head {
  readonly kind: Kind | null;
  readonly kindEntry: Entry | null;
  readonly apiVersionEntry: Entry | null;
}

function headOf(entries: readonly Entry[]): Head {
  const find = (name: string) => entries.find((entry) => keyText(entry.pair.key) === name) ?? null;
  const kindEntry = find('kind');
  const value = kindEntry?.pair.value;
  const text = value?.type === 'scalar' ? value.value : null;
  return { kind: isKind(text) ? text : null, kindEntry, apiVersionEntry: find('apiVersion') };
}

function checkHead(head: Head, entries: readonly Entry[], check: DocumentCheck): void {
  if (head.kind !== null) return;
  const value = head.kindEntry?.pair.value;
  if (!head.kindEntry || !value) {
    const entry = head.kindEntry ?? head.apiVersionEntry ?? entries[0];
    if (!entry) return;
    const lead = head.kindEntry ? '`kind` needs a value' : 'A document needs `kind`';
    add(check, entry.chunk, {
      code: 'document-kind',
      start: entry.pair.key.start,
      end: entry.pair.key.end,
      message: `${lead}: one of ${kinds.join(', ')}.`,
    });
    return;
  }
  const text = value.type === 'scalar' ? String(value.value) : '';
  const meant = didYouMean(text, kinds);
  const hint = meant[0] ? `Did you mean \`${meant[0]}\`?` : `It is one of ${kinds.join(', ')}.`;
  add(check, head.kindEntry.chunk, {
    code: 'document-kind',
    start: value.start,
    end: value.end,
    message: `\`${text}\` is no kind of document of ${apiVersion}. ${hint}`,
    replacements: meant,
  });
}

function reportNoMapping(chunk: Chunk, check: DocumentCheck): void {
  const root = chunk.parsed.root;
  if (root === null || chunk.parsed.problems.length > 0) return;
  add(check, chunk, {
    code: 'schema-type',
    start: root.start,
    end: root.end,
    message: `A document has keys; it begins with \`kind:\`, one of ${kinds.join(', ')}.`,
  });
}

function checkAliases(chunk: Chunk, check: DocumentCheck): void {
  for (const alias of namesOf(chunk.parsed).aliases) {
    const anchor = check.anchors.get(alias.name);
    if (anchor) continue;
    const meant = didYouMean(alias.name, check.anchors.keys());
    const hint = meant[0] ? ` Did you mean \`*${meant[0]}\`?` : '';
    add(check, chunk, {
      code: 'yaml-unknown-alias',
      start: alias.start,
      end: alias.end,
      message: `There is no anchor \`&${alias.name}\` in this document.${hint}`,
      replacements: meant.map((name) => `*${name}`),
    });
  }
}

// ── places ──────────────────────────────────────────────────────────────────────────────────────────────────────
function contextOf(report: Report, check: DocumentCheck): CheckContext {
  return { report, resolve: (name) => check.anchors.get(name)?.node };
}

function add(check: DocumentCheck, chunk: Chunk | undefined, finding: Finding): void {
  if (chunk) check.all.push(shiftDiagnostic(diagnosticOf(finding, chunk, check.source.lines), chunk.firstLine));
}

function addAll(diagnostics: readonly Diagnostic[], chunk: Chunk, all: Diagnostic[]): void {
  for (const each of diagnostics) all.push(shiftDiagnostic(each, chunk.firstLine));
}

function diagnosticOf(finding: Finding, chunk: Chunk, lines: LineTable): Diagnostic {
  return {
    code: finding.code,
    severity: finding.severity ?? diagnosticCodes[finding.code],
    message: finding.message,
    range: rangeOf(finding, chunk, lines),
    related: (finding.related ?? []).map((place) => ({
      range: rangeOf(place, chunk, lines),
      message: place.message,
    })),
    replacements: finding.replacements ?? [],
  };
}

function textOf(chunk: Chunk, source: Source): string {
  return source.text.slice(chunk.offset, chunk.offset + chunk.length);
}
