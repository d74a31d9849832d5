import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { Node } from '../syntax/ast.ts';
import type { Source } from '../syntax/source.ts';

/** A document of an ecosystem. Offsets of its nodes count from the start of the file. */
export interface EcosystemDocument {
  readonly uri: string;
  readonly kind: string;
  readonly root: Node;
}

/** Another file, as far as it is known. */
export interface OtherFile {
  readonly uri: string;
  readonly source: Source;
  readonly root: Node | null;
}

/** What is around a file. undefined: not known (yet), so that nothing may be said of it. */
export interface Surroundings {
  exists(uri: string): boolean | undefined;
  /** A YAML file of one document; null where it is not there or can't be read. */
  read(uri: string): OtherFile | null | undefined;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A name that stands for something else. */
export interface Reference extends Span {
  readonly target: Target;
}

export interface Target extends Span {
  /** Another file than the document's. */
  readonly file?: OtherFile;
}

/** A path that a link opens. */
export interface FileLink extends Span {
  readonly uri: string;
}

/** What is known of a document besides its schema. */
export class Analysis {
  readonly findings: Finding[] = [];
  readonly references: Reference[] = [];
  readonly links: FileLink[] = [];

  report(finding: Finding): void {
    this.findings.push(finding);
  }

  /** A name that has to be one of `names`. Where these are not all there are (`complete: false`), it may be another. */
  refer(place: Span, name: string, to: Names): void {
    const target = to.names.get(name);
    if (target) {
      this.references.push({ start: place.start, end: place.end, target });
      return;
    }
    if (!to.complete) return;
    const meant = didYouMean(name, to.names.keys());
    const known = [...to.names.keys()];
    const hint = meant[0]
      ? ` Did you mean \`${meant[0]}\`?`
      : known.length === 0
        ? ''
        : known.length <= 12
          ? ` There are: ${known.join(', ')}.`
          : '';
    this.report({
      code: 'ecosystem-reference',
      start: place.start,
      end: Math.max(place.end, place.start + 1),
      message: `There is no ${to.what} \`${name}\`${to.where ?? ''}.${hint}`,
      // Only where the name itself stands there, and not a text that holds it, can another be put in its place.
      replacements: place.end - place.start === name.length ? meant : [],
    });
  }

  /** The first name of each that stands more than once. */
  unique(names: Iterable<{ readonly name: string; readonly node: Span }>, what: string): void {
    const first = new Map<string, Span>();
    for (const { name, node } of names) {
      const earlier = first.get(name);
      if (!earlier) {
        first.set(name, node);
        continue;
      }
      this.report({
        code: 'ecosystem-duplicate',
        start: node.start,
        end: Math.max(node.end, node.start + 1),
        message: `Two ${what} have the name \`${name}\`.`,
        related: [{ start: earlier.start, end: earlier.end, message: `\`${name}\` stands here first.` }],
      });
    }
  }

  form(place: Span, message: string, severity?: Finding['severity']): void {
    const { start, end } = place;
    this.report({
      code: 'ecosystem-form',
      start,
      end: Math.max(end, start + 1),
      message,
      ...(severity ? { severity } : {}),
    });
  }

  /** A file beside the document that a program asks for by this path. */
  file(place: Span, uri: string, around: Surroundings, missing: string | null): void {
    const exists = around.exists(uri);
    if (exists) this.links.push({ start: place.start, end: place.end, uri });
    else if (exists === false && missing !== null) {
      this.report({ code: 'ecosystem-missing-file', start: place.start, end: place.end, message: missing });
    }
  }
}

/** Names that can be referred to. */
export interface Names {
  /** `template`, for messages. */
  readonly what: string;
  /** ` in this workflow`, for messages. */
  readonly where?: string;
  readonly names: ReadonlyMap<string, Target>;
  /** Whether there can be no others. */
  readonly complete: boolean;
}

/** Whether a text is filled in by something else later (`{{…}}`, `${…}`), so that it says nothing yet. */
export function isTemplated(text: string): boolean {
  return text.includes('{{') || text.includes('${');
}

/** The URI of a path that is relative to a document's folder; null for one that leads elsewhere. */
export function resolvePath(uri: string, path: string, folder = '.'): string | null {
  if (path === '' || /^(?:[a-z][a-z0-9+.-]*:|[/\\~$])/i.test(path) || isTemplated(path)) return null;
  if (isTemplated(folder) || /^[/\\]/.test(folder)) return null;
  try {
    const base = new URL(`${folder.split('/').map(encodeURIComponent).join('/')}/`, uri);
    return new URL(path.split('/').map(encodeURIComponent).join('/'), base).href;
  } catch {
    return null;
  }
}
