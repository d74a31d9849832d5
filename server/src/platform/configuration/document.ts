import { readFile } from 'node:fs/promises';
import { type Document, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { access as accessSchema } from '#schemas/config/access.ts';
import type { AccessReading, ConfigurationWarning } from './resolved.ts';

// The part of `kind: Workspace` that connections need. The editor checks documents against the whole schema; here a
// key that is wrong elsewhere, or that a newer version added, must not hide a tracker.
const text = z.string();
const optionalText = text.optional().catch(undefined);
const label = z.union([text.min(1).regex(/^[^/\\]+$/, 'must hold no slash'), z.number().transform(String)]);
const trackingEntry = z.object({
  name: label,
  backend: text.default('mlflow'),
  uri: text.min(1),
  artifactRoot: optionalText,
  workspace: optionalText,
  username: optionalText,
  password: optionalText,
  token: optionalText,
  insecureTls: z.boolean().default(false).catch(false),
});
const registryEntry = z.object({ backend: text.default('sqlite'), uri: text.default('sqlite:///.mlops/models.db') });
const storageEntry = z.object({
  type: text,
  account: optionalText,
  bucket: optionalText,
  container: optionalText,
  prefix: text.default(''),
  endpoint: optionalText,
  region: optionalText,
  forcePathStyle: z.boolean().default(false).catch(false),
  path: text.default('.mlops/artifacts'),
});
const environmentEntry = z.object({
  kubernetes: z.object({ context: optionalText, namespace: text.default('default') }).optional(),
});
const monitoringEntry = z.object({
  prometheus: text.optional(),
  grafana: text.optional(),
  alertmanager: text.optional().catch(undefined),
});
const channelEntry = z.object({ name: label, type: text });

export type TrackingEntry = z.output<typeof trackingEntry>;
export type StorageEntry = z.output<typeof storageEntry>;

/** What the `Workspace` document of an `mlops.yaml` says about connections. What does not fit is left out and warned of. */
export interface WorkspaceDocument {
  readonly file: string;
  /** `metadata.name`; empty where it has none. */
  readonly name: string;
  readonly tracking: readonly (TrackingEntry & { readonly line: number | null })[];
  readonly registry: z.output<typeof registryEntry> | null;
  readonly storage: StorageEntry | null;
  readonly environments: ReadonlyMap<string, z.output<typeof environmentEntry>>;
  readonly monitoring: z.output<typeof monitoringEntry>;
  readonly channels: readonly z.output<typeof channelEntry>[];
  /** As it stands: each channel is checked by itself. */
  readonly alerting: Readonly<Record<string, unknown>>;
  readonly access: AccessReading;
}

export interface ReadDocument {
  /** Null where there is none, or none that can be read. */
  readonly document: WorkspaceDocument | null;
  /** The file is there but can’t be read: what it would have said about access is not known. */
  readonly isBroken: boolean;
  readonly warnings: readonly ConfigurationWarning[];
}

const largestFile = 1_000_000;

/** Reads the `Workspace` document of a file. Never throws: what is wrong is a warning, and the rest is still read. */
export async function readWorkspaceDocument(file: string): Promise<ReadDocument> {
  try {
    const source = await readFile(file, 'utf8');
    if (source.length > largestFile) return unreadable(file, 'It is larger than 1 MB and was not read.');
    return parseWorkspaceDocument(source, file);
  } catch (error) {
    return unreadable(file, `This file can’t be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function parseWorkspaceDocument(source: string, file: string): ReadDocument {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(source, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const documents = Array.isArray(parsed) ? parsed : [];
  const warnings: ConfigurationWarning[] = documents.flatMap((document) =>
    document.errors.map((error) => ({ file, line: lines.linePos(error.pos[0]).line, message: error.message })),
  );
  const workspaces = documents.filter((document) => document.get('kind') === 'Workspace');
  const [first, second] = workspaces;
  // A policy in a document that is not read: somebody believes that it holds.
  const isAccessElsewhere = documents.some((document) => document !== first && document.has('access'));
  if (first === undefined) {
    const isBroken = warnings.length > 0 || isAccessElsewhere;
    if (warnings.length === 0) warnings.push({ file, line: null, message: 'It holds no document of kind Workspace.' });
    return { document: null, isBroken, warnings };
  }
  if (second !== undefined) {
    const line = second.range === null ? null : lines.linePos(second.range[0]).line;
    warnings.push({ file, line, message: 'A second Workspace document is ignored.' });
  }
  const document = new DocumentReader(first, file, lines, warnings).read();
  if (!isAccessElsewhere) return { document, isBroken: false, warnings };
  const problem = `${file}: access has to be in the first document of kind Workspace.`;
  warnings.push({ file, line: null, message: problem });
  return { document: { ...document, access: { policy: null, problem } }, isBroken: false, warnings };
}

function unreadable(file: string, message: string): ReadDocument {
  return { document: null, isBroken: true, warnings: [{ file, line: null, message }] };
}

class DocumentReader {
  readonly #document: Document.Parsed;
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #warnings: ConfigurationWarning[];

  constructor(document: Document.Parsed, file: string, lines: LineCounter, warnings: ConfigurationWarning[]) {
    this.#document = document;
    this.#file = file;
    this.#lines = lines;
    this.#warnings = warnings;
  }

  read(): WorkspaceDocument {
    const warned = this.#warnings.length;
    const root = this.#plain();
    const [unreadable] = this.#warnings.slice(warned);
    const monitoring = this.#part(monitoringEntry, ['monitoring'], root.monitoring);
    const alerting = isRecord(root.alerting) ? root.alerting : {};
    return {
      file: this.#file,
      name: isRecord(root.metadata) ? (optionalText.parse(root.metadata.name) ?? '') : '',
      tracking: this.#list(trackingEntry, ['tracking'], root.tracking),
      registry: this.#part(registryEntry, ['registry'], root.registry),
      storage: this.#part(storageEntry, ['storage'], root.storage),
      environments: this.#environments(root.environments),
      monitoring: monitoring ?? {},
      channels: this.#list(channelEntry, ['alerting', 'channels'], alerting.channels),
      alerting,
      access:
        unreadable === undefined
          ? this.#access(root.access)
          : { policy: null, problem: `${this.#file}: ${unreadable.message}` },
    };
  }

  /** Strict, unlike the rest: a policy that is only half understood must not let anybody through. */
  #access(value: unknown): AccessReading {
    if (this.#document.errors.length > 0) return { policy: null, problem: `${this.#file} has syntax errors.` };
    if (value === undefined || value === null) return { policy: null, problem: null };
    const parsed = accessSchema.safeParse(value);
    if (parsed.success) return { policy: parsed.data, problem: null };
    const warned = this.#warnings.length;
    this.#part(accessSchema, ['access'], value);
    const [first] = this.#warnings.slice(warned);
    return { policy: null, problem: `${this.#file}: ${first?.message ?? 'access can’t be read.'}` };
  }

  #plain(): Record<string, unknown> {
    try {
      const value: unknown = this.#document.toJS();
      return isRecord(value) ? value : {};
    } catch (error) {
      // Too many aliases: a file made to exhaust its reader.
      this.#warn([], error instanceof Error ? error.message : String(error));
      return {};
    }
  }

  #environments(value: unknown): WorkspaceDocument['environments'] {
    const found = new Map<string, z.output<typeof environmentEntry>>();
    if (!isRecord(value)) return found;
    for (const [name, entry] of Object.entries(value)) {
      const parsed = this.#part(environmentEntry, ['environments', name], entry);
      if (parsed !== null) found.set(name, parsed);
    }
    return found;
  }

  #list<T extends z.ZodType>(schema: T, path: string[], value: unknown): (z.output<T> & { line: number | null })[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.#warn(path, `${path.join('.')} must be a list.`);
      return [];
    }
    return value.flatMap((entry, index) => {
      const parsed = this.#part(schema, [...path, index], entry);
      return parsed === null ? [] : [Object.assign({}, parsed, { line: this.#line([...path, index]) })];
    });
  }

  #part<T extends z.ZodType>(schema: T, path: (string | number)[], value: unknown): z.output<T> | null {
    if (value === undefined || value === null) return null;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const at = [...path, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
      this.#warn(at, `${at.join('.')}: ${issue.message}`);
    }
    return null;
  }

  #warn(path: readonly (string | number)[], message: string): void {
    this.#warnings.push({ file: this.#file, line: this.#line(path), message });
  }

  /** The line of the node at a path, or of the nearest one above it. */
  #line(path: readonly (string | number)[]): number | null {
    for (let length = path.length; length > 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      const start = isNode(node) ? node.range?.[0] : undefined;
      if (start !== undefined) return this.#lines.linePos(start).line;
    }
    return null;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
