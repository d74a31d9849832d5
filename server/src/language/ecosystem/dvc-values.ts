import type { Node, ScalarNode } from '../syntax/ast.ts';
import { type Analysis, type OtherFile, resolvePath, type Surroundings, type Target } from './analysis.ts';
import { entriesOf, isPartial, itemsOf, scalarsBelow, textOf } from './tree.ts';

/** What `${…}` may name, by its path of keys. */
export class Values {
  readonly keys: ReadonlyMap<string, Target>;
  /** Whether there can be no others. */
  readonly complete: boolean;

  constructor(keys: ReadonlyMap<string, Target>, complete: boolean) {
    this.keys = keys;
    this.complete = complete;
  }

  and(other: Values): Values {
    return new Values(new Map([...this.keys, ...other.keys]), this.complete && other.complete);
  }
}

interface Place {
  readonly uri: string;
  /** Relative to the document's. */
  readonly folder: string;
  readonly around: Surroundings;
}

/** The keys of a parameter file; null where it can't be told. */
export function filesOf({ uri, folder, around }: Place): (path: string) => Values | null {
  return (path) => {
    const target = resolvePath(uri, path, folder);
    if (target === null || !/\.(?:ya?ml|json)$/i.test(path)) return null;
    const file = around.read(target);
    return file ? new Values(keysOf(file.root, file), isReadable(file)) : null;
  };
}

/** A file without anchors, merges or mistakes says all that it says. */
function isReadable({ source, root }: OtherFile): boolean {
  if (source.documents.length !== 1 || root?.type !== 'map' || isPartial(root)) return false;
  return (
    source.chunks.every(({ parsed, misplaced }) => misplaced === null && parsed.problems.length === 0) &&
    !/(?:^|\s)<<\s*:|[:-]\s+\*\w/m.test(source.text)
  );
}

/** Every key below a mapping as `a.b.c`; items of lists as `a.0` and `a[0]`. */
function keysOf(root: Node | null, file?: OtherFile): Map<string, Target> {
  const found = new Map<string, Target>();
  const add = (path: string, { start, end }: Node) => found.set(path, { start, end, ...(file ? { file } : {}) });
  const visit = (node: Node | null, prefix: string) => {
    for (const { name, key, value } of entriesOf(node)) {
      const path = prefix === '' ? name : `${prefix}.${name}`;
      add(path, key);
      visit(value, path);
    }
    for (const [index, item] of itemsOf(node).entries()) {
      add(`${prefix}.${index}`, item);
      visit(item, `${prefix}.${index}`);
    }
  };
  visit(root, '');
  return found;
}

/** What `vars` bring, and params.yaml, which the pipeline's own takes by default. */
export function contextOf(vars: Node | null, place: Place & { readonly withDefaults: boolean }): Values {
  const read = filesOf(place);
  let values = new Values(new Map(), !isPartial(vars));
  if (place.withDefaults) {
    const target = resolvePath(place.uri, 'params.yaml', place.folder);
    const exists = target === null ? undefined : place.around.exists(target);
    if (exists !== false) values = values.and(read('params.yaml') ?? unknown);
  }
  for (const item of itemsOf(vars)) {
    // `file.yaml:a,b` takes some keys; that it has others does no harm.
    const path = textOf(item)?.split(':', 1)[0];
    if (path !== undefined) values = values.and(read(path) ?? unknown);
    else values = values.and(new Values(keysOf(item), item.type === 'map' && !isPartial(item)));
  }
  return values;
}

const unknown = new Values(new Map(), false);

/** As DVC finds them: `\${` is no interpolation. */
const interpolation = /(?<!\\)\$\{(.*?)\}/g;

interface Scope {
  readonly values: Values;
  /** Inside of `foreach` and `matrix` there are `item` and `key` besides. */
  readonly hasItems: boolean;
}

/** Checks that what `${…}` names is there. */
export function checkInterpolations(node: Node | null, { values, hasItems }: Scope, analysis: Analysis): void {
  for (const scalar of scalarsBelow(node)) {
    if (typeof scalar.value !== 'string') continue;
    for (const match of scalar.value.matchAll(interpolation)) {
      const name = normalized(match[1] ?? '');
      if (name === null || (hasItems && /^(?:item|key)(?:\.|$)/.test(name))) continue;
      analysis.refer(placeOf(scalar, match), name, {
        what: 'value',
        where: ' in params.yaml or `vars`',
        names: values.keys,
        complete: values.complete,
      });
    }
  }
}

/** `a[0].b` as `a.0.b`; null for what is no path of keys. */
function normalized(text: string): string | null {
  const path = text.trim().replace(/\[([^[\].]+)\]/g, '.$1');
  return /^[^\s.[\]]+(?:\.[^\s.[\]]+)*$/.test(path) ? path : null;
}

function placeOf(scalar: ScalarNode, match: RegExpExecArray): { start: number; end: number } {
  const quote = scalar.style === 'plain' ? 0 : 1;
  if (scalar.end - scalar.start !== String(scalar.value).length + 2 * quote) return scalar;
  const start = scalar.start + quote + match.index;
  return { start, end: start + match[0].length };
}
