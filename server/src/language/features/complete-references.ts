import type { Kind } from '#schemas/config/document.ts';
import { type DocumentSymbols, definitionsOf } from '../symbols/file-symbols.ts';
import { usedBy } from '../symbols/resolve.ts';
import type { ReferenceKind, SymbolKind } from '../symbols/symbol.ts';
import { type SymbolRule, symbolRules } from '../symbols/symbol-rules.ts';
import { resolveUri } from '../symbols/workspace-index.ts';
import type { Completion } from './complete.ts';
import type { CursorContext } from './cursor.ts';
import { cursorContext } from './cursor-context.ts';
import { lineText } from './line-shape.ts';
import type { Place } from './symbol-at.ts';

/** The entries of a folder; empty for one that is not there. */
export type ListFolder = (uri: string) => Promise<readonly { readonly name: string; readonly isFolder: boolean }[]>;

/** Names and paths that may stand at a position, where the place is a reference to something. */
export async function completeReferences(place: Place, listFolder: ListFolder): Promise<Completion[]> {
  const file = place.index.get(place.uri);
  if (!file) return [];
  const context = cursorContext(file.symbols.source, place.position);
  const document = file.symbols.documents.find(
    ({ document: { firstLine, endLine } }) => place.position.line >= firstLine && place.position.line < endLine,
  );
  if (!document || context.kind === null) return [];
  const rule = ruleAt(context.kind, context);
  if (context.role === 'key') return argumentKeys(place, document, context);
  if (!rule?.refers || (context.role !== 'value' && context.role !== 'item')) return [];
  if (isPath(rule.refers)) return paths(place, { context, kind: rule.refers, listFolder });
  const own = context.path[0] === 'steps' || context.path[0] === 'finally' ? context.path[1] : undefined;
  return names(rule.refers, place, document)
    .filter((name) => !(rule.refers === 'step' && name === own))
    .map((name, order) => item(name, { context, order, kind: 'reference', detail: rule.refers ?? '' }));
}

function ruleAt(kind: Kind, context: CursorContext): SymbolRule | undefined {
  const path = context.role === 'value' ? [...context.path, context.key] : context.path;
  let rule: SymbolRule | undefined = symbolRules[kind];
  for (const step of path) {
    // The items of a list of names are what the list is.
    if (step === '*' && rule?.refers) return rule;
    const below: SymbolRule['inside'] = rule?.inside;
    rule = below && Object.hasOwn(below, step) ? below[step] : below?.['*'];
  }
  return rule;
}

function names(kind: ReferenceKind, place: Place, document: DocumentSymbols): string[] {
  const of = (documents: readonly DocumentSymbols[], symbol: SymbolKind) => [
    ...new Set(documents.flatMap((each) => definitionsOf(each, symbol).map(({ definition }) => definition.name))),
  ];
  const models = () => place.index.documents('Model').map((each) => each.document);
  switch (kind) {
    case 'step':
      return [...document.steps.keys()];
    case 'environment':
    case 'channel':
    case 'role':
    case 'tracker':
      return of(
        place.index.workspacesFor(place.uri).map((each) => each.document),
        kind,
      );
    case 'stage':
      return of(models(), 'stage');
    case 'model':
      return of(models(), 'document');
    case 'analysis':
    case 'detector':
    case 'metric':
      return of([document], kind);
    default:
      return [];
  }
}

/** Keys of `with`: what the pipeline used takes and is not given yet. */
function argumentKeys(place: Place, document: DocumentSymbols, context: CursorContext): Completion[] {
  const [section, step, key] = context.path;
  const file = place.index.get(place.uri);
  if (!file || (section !== 'steps' && section !== 'finally') || step === undefined || key !== 'with') return [];
  const used = usedBy({ index: place.index, file, document }, step);
  if (!used) return [];
  const all = [
    ...[...used.document.inputs.values()].map(({ name, type }) => ({
      name,
      detail: `input${type ? `, ${type}` : ''}`,
    })),
    ...[...used.document.params.values()].map(({ name, type, hasDefault }) => ({
      name,
      detail: `param${type ? `, ${type}` : ''}${hasDefault ? '' : ', required'}`,
    })),
  ];
  return all
    .filter(({ name }) => !context.siblings.has(name))
    .map(({ name, detail }, order) =>
      item(name, { context, order, kind: 'key', detail, text: context.colonFollows ? name : `${name}: ` }),
    );
}

function isPath(kind: ReferenceKind): boolean {
  return kind === 'pipelineFile' || kind === 'file' || kind === 'entrypoint';
}

async function paths(
  place: Place,
  { context, kind, listFolder }: { context: CursorContext; kind: ReferenceKind; listFolder: ListFolder },
): Promise<Completion[]> {
  const file = place.index.get(place.uri);
  if (!file) return [];
  const before = lineText(file.symbols.source, place.position.line).slice(0, place.position.character);
  const typed = /[^\s"':,[\]{}]*$/.exec(before)?.[0] ?? '';
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const uri = resolveUri(place.uri, folder === '' ? './' : folder);
  if (uri === null || /^[~/]/.test(folder)) return [];
  const entries = await listFolder(uri);
  const fits = kind === 'pipelineFile' ? /\.mlops\.ya?ml$/i : kind === 'entrypoint' ? /\.py$/i : /./;
  const lead = folder === '' && kind === 'pipelineFile' ? './' : folder;
  const replace = { ...context.replace, start: place.position.character - typed.length };
  return entries
    .filter(({ name, isFolder }) => !name.startsWith('.') && (isFolder || fits.test(name)))
    .map(({ name, isFolder }, order) => ({
      ...item(`${lead}${name}${isFolder ? '/' : kind === 'entrypoint' ? ':' : ''}`, {
        context,
        order: isFolder ? order + 1000 : order,
        kind: 'file',
        detail: isFolder ? 'folder' : 'file',
      }),
      replace: { ...replace, end: Math.max(replace.end, place.position.character) },
      continues: isFolder,
    }));
}

function item(
  label: string,
  of: { context: CursorContext; order: number; kind: Completion['kind']; detail: string; text?: string },
): Completion {
  const space = of.context.role === 'value' && of.context.needsSpace ? ' ' : '';
  return {
    label,
    kind: of.kind,
    detail: of.detail,
    documentation: '',
    text: space + (of.text ?? label).replace(/[\\$}]/g, '\\$&'),
    replace: of.context.replace,
    sort: `!${String(of.order).padStart(5, '0')}`,
    continues: false,
  };
}
