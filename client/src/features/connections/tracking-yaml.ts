import { type Document, isMap, isSeq, type Node, type Pair, parseAllDocuments, Scalar, YAMLSeq } from 'yaml';

/** An entry of `tracking:` in `mlops.yaml`. */
export interface TrackingEntry {
  readonly name: string;
  readonly uri: string;
}

/** What a new `mlops.yaml` starts with. */
export function newWorkspaceYaml(name: string, entry?: TrackingEntry): string {
  const head = `apiVersion: mlops/v1\nkind: Workspace\nmetadata:\n  name: ${quoted(name)}\n`;
  return entry ? `${head}tracking:\n${itemText(entry, '  ')}` : head;
}

/**
 * `text` with an entry more in the Workspace's `tracking`. Everything else stays as it is, to the last comment: text is
 * put in where the list goes on, and only where it isn't written line by line is the document written anew.
 * Fails with a SyntaxError where the text is not YAML.
 */
export function addTracking(text: string, entry: TrackingEntry, workspaceName: string): string {
  const documents = parse(text);
  const document = documents.find((one) => one.get('kind') === 'Workspace');
  if (!document) return appendDocument(text, documents, newWorkspaceYaml(workspaceName, entry));
  const expected = expectedTracking(document, entry);
  const edited = insertText(text, document, entry);
  return edited !== null && hasTracking(edited, expected) ? edited : rewritten(documents, document, entry);
}

/** Names that entries of `tracking` have already. */
export function trackingNames(text: string): string[] {
  return parse(text)
    .filter((document) => document.get('kind') === 'Workspace')
    .flatMap((document) => entriesOf(document).map(({ name }) => name));
}

function parse(text: string): Document.Parsed[] {
  const documents = [...parseAllDocuments(text)].filter((document) => 'contents' in document);
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error) throw new SyntaxError(error.message, { cause: error });
  return documents.filter(({ contents }) => isMap(contents));
}

function insertText(text: string, document: Document.Parsed, entry: TrackingEntry): string | null {
  const { contents } = document;
  if (!isMap(contents) || contents.flow) return null;
  const pair: Pair<unknown, unknown> | undefined = contents.items.find(({ key }) => isKey(key, 'tracking'));
  if (!pair) return insertAt(text, contents.range[1], `tracking:\n${itemText(entry, '  ')}`);
  const list = pair.value;
  if (!isSeq(list) || list.flow || !list.range) return null;
  const first = list.items[0];
  if (!isNode(first) || !first.range) return null;
  const dash = text.lastIndexOf('-', first.range[0]);
  const indent = text.slice(text.lastIndexOf('\n', dash) + 1, dash);
  return /^ *$/.test(indent) ? insertAt(text, list.range[1], itemText(entry, indent)) : null;
}

/** Puts lines in behind the line that `offset` is on; comments that follow a list stay below what is put in. */
function insertAt(text: string, offset: number, lines: string): string {
  const before = text.slice(0, offset);
  const isAtLineStart = before === '' || before.endsWith('\n');
  if (isAtLineStart) return before + lines + text.slice(offset);
  const lineEnd = text.indexOf('\n', offset);
  if (lineEnd === -1) return `${text}\n${lines}`;
  return text.slice(0, lineEnd + 1) + lines + text.slice(lineEnd + 1);
}

function rewritten(documents: readonly Document.Parsed[], document: Document.Parsed, entry: TrackingEntry): string {
  const list = document.get('tracking');
  if (isSeq(list)) list.add(document.createNode({ ...entry, backend: 'mlflow' }));
  else {
    const seq = new YAMLSeq();
    seq.add(document.createNode({ name: entry.name, backend: 'mlflow', uri: entry.uri }));
    document.set('tracking', seq);
  }
  return documents.map((one) => one.toString({ lineWidth: 0 })).join('');
}

function appendDocument(text: string, documents: readonly Document.Parsed[], added: string): string {
  if (documents.length === 0) return text.trim() === '' ? added : `${withEnd(text)}${added}`;
  return `${withEnd(text)}---\n${added}`;
}

function hasTracking(text: string, expected: readonly TrackingEntry[]): boolean {
  try {
    const document = parse(text).find((one) => one.get('kind') === 'Workspace');
    return document !== undefined && JSON.stringify(entriesOf(document)) === JSON.stringify(expected);
  } catch {
    return false;
  }
}

function expectedTracking(document: Document.Parsed, entry: TrackingEntry): TrackingEntry[] {
  return [...entriesOf(document), { name: entry.name, uri: entry.uri }];
}

function entriesOf(document: Document.Parsed): TrackingEntry[] {
  const plain: unknown = document.toJS();
  if (typeof plain !== 'object' || plain === null || !('tracking' in plain) || !Array.isArray(plain.tracking))
    return [];
  return plain.tracking.map((one: unknown) => ({ name: textOf(one, 'name'), uri: textOf(one, 'uri') }));
}

function textOf(value: unknown, key: string): string {
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'string' ? found : '';
}

function itemText({ name, uri }: TrackingEntry, indent: string): string {
  return `${indent}- name: ${quoted(name)}\n${indent}  backend: mlflow\n${indent}  uri: ${quoted(uri)}\n`;
}

/** Plain where YAML reads it back as the same text, else in double quotes. */
function quoted(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function withEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function isKey(key: unknown, name: string): boolean {
  return key === name || (key instanceof Scalar && key.value === name);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}
