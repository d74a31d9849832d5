import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FailureError } from '../platform/failure.ts';
import { checkSource } from './diagnostics/check-source.ts';
import {
  type Diagnostic,
  type DiagnosticCode,
  diagnosticCodes,
  documentationUrl,
  type Severity,
} from './diagnostics/diagnostic.ts';
import { severitiesFor, withSeverities } from './diagnostics/severities.ts';
import { checkEcosystemFile, ecosystemSource, mayBeEcosystemFile } from './ecosystem/validate.ts';
import { isMlopsFile, noLimits, type WalkLimits, walk } from './find-files.ts';
import { checkMeaning } from './meaning/check-meaning.ts';
import { checkPython } from './python/check-python.ts';
import { PythonModules } from './python/python-modules.ts';
import { WorkspaceIndex } from './symbols/workspace-index.ts';
import { parseSource, type Source } from './syntax/source.ts';

/** One diagnostic as the command line prints it: 1-based, columns in UTF-16 units. */
export interface FileDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
}

export interface ValidationResult {
  /** The files looked at, relative to `cwd`, with `/`. */
  readonly files: readonly string[];
  readonly diagnostics: readonly FileDiagnostic[];
}

/** Larger files are no documents that someone wrote. */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * Checks files, and our files in folders below. A path that is not there is an `input` failure; a file that can't be
 * read as text is a diagnostic at its first line.
 */
export async function validateFiles(options: {
  paths: readonly string[];
  cwd: string;
  signal?: AbortSignal;
}): Promise<ValidationResult> {
  const { cwd, signal } = options;
  const found = await findFiles(options.paths.length > 0 ? options.paths : ['.'], cwd, signal);
  const named = new Set(options.paths.map((path) => resolve(cwd, path)));
  const others = await readOthers(found, signal);
  const files = found.filter((file) => isMlopsFile(file) || others.has(file) || named.has(file));
  const index = new WorkspaceIndex();
  const problems = new Map<string, string>();
  const own = files.filter((file) => !others.has(file));
  for (const file of new Set([...own, ...(await filesAround(files, options.paths, { cwd, signal }))])) {
    signal?.throwIfAborted();
    const text = await readText(file);
    if ('problem' in text) problems.set(file, text.problem);
    else index.setOnDisk(pathToFileURL(file).href, parseSource(text.text));
  }
  const modules = new PythonModules({ read: readPython });
  const diagnostics: FileDiagnostic[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const problem = problems.get(file);
    const name = displayPath(file, cwd);
    const other = others.get(file);
    if (other) diagnostics.push(...toFile(withChosen(file, checkEcosystemFile(file, other), index), name));
    else if (problem !== undefined) diagnostics.push(unreadable(name, problem));
    else diagnostics.push(...(await checkFile(file, { name, index, modules, signal })));
  }
  return { files: files.map((file) => displayPath(file, cwd)), diagnostics };
}

async function findFiles(paths: readonly string[], cwd: string, signal?: AbortSignal): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const info = await stat(absolute).catch(() => null);
    if (!info)
      throw new FailureError('input', `There is no file or folder ${path}.`, {
        remedy: 'Check the path; it is looked up from the current folder.',
      });
    if (info.isDirectory()) for await (const file of walk(absolute, signal, { ...noLimits, accepts })) found.add(file);
    else found.add(absolute);
  }
  return [...found].sort();
}

function accepts(name: string): boolean {
  return isMlopsFile(name) || mayBeEcosystemFile(name);
}

/** The files among some that are other tools' and that we understand. */
async function readOthers(files: readonly string[], signal?: AbortSignal): Promise<Map<string, Source>> {
  const found = new Map<string, Source>();
  for (const file of files) {
    if (isMlopsFile(file)) continue;
    signal?.throwIfAborted();
    const text = await readText(file);
    const source = 'text' in text ? ecosystemSource(file, text.text) : null;
    if (source) found.set(file, source);
  }
  return found;
}

/** More than a workspace has; a file that lies on its own in a huge folder is still checked in no time. */
const aroundLimits: WalkLimits = { entries: 50_000, depth: 24 };

/** What files refer to may stand in others of their workspaces, whether those were asked for or not. */
async function filesAround(
  files: readonly string[],
  paths: readonly string[],
  { cwd, signal }: { cwd: string; signal: AbortSignal | undefined },
): Promise<readonly string[]> {
  const walked = (paths.length > 0 ? paths : ['.']).map((path) => resolve(cwd, path));
  const roots = new Set(files.map((file) => workspaceOf(dirname(file))));
  const found: string[] = [];
  for (const root of roots) {
    if (walked.includes(root)) continue;
    for await (const file of walk(root, signal, aroundLimits)) found.push(file);
  }
  return found.sort();
}

/** The nearest folder upwards with an `mlops.yaml`, else the repository's, else the folder itself. */
function workspaceOf(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'mlops.yaml')) || existsSync(join(current, '.git'))) return current;
    if (dirname(current) === current) return folder;
  }
}

function displayPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return (path.startsWith('..') ? file : path).split(sep).join('/');
}

function unreadable(file: string, message: string): FileDiagnostic {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1, severity: 'error', code: 'file-unreadable', message };
}

const filesOnDisk = { exists: (uri: string) => existsSync(fileURLToPath(uri)) };

interface Check {
  /** The file as it is shown. */
  readonly name: string;
  readonly index: WorkspaceIndex;
  readonly modules: PythonModules;
  readonly signal: AbortSignal | undefined;
}

async function checkFile(path: string, { name, index, modules, signal }: Check): Promise<FileDiagnostic[]> {
  const uri = pathToFileURL(path).href;
  const indexed = index.get(uri);
  if (!indexed) return [];
  const { source } = indexed.symbols;
  const python = await checkPython({ source, uri, modules, ...(signal ? { signal } : {}) });
  const reported = [...checkSource(source), ...checkMeaning(indexed, index, { files: filesOnDisk }), ...python];
  return toFile(withChosen(path, reported, index), name);
}

function withChosen(path: string, found: readonly Diagnostic[], index: WorkspaceIndex): readonly Diagnostic[] {
  return withSeverities(found, severitiesFor(pathToFileURL(path).href, index, new Map()));
}

function toFile(diagnostics: readonly Diagnostic[], name: string): FileDiagnostic[] {
  const all = diagnostics.toSorted(
    (a, b) => a.range.startLine - b.range.startLine || a.range.startCharacter - b.range.startCharacter,
  );
  return all.map((diagnostic) => ({
    file: name,
    line: diagnostic.range.startLine + 1,
    column: diagnostic.range.startCharacter + 1,
    endLine: diagnostic.range.endLine + 1,
    endColumn: diagnostic.range.endCharacter + 1,
    severity: diagnostic.severity,
    code: diagnostic.code,
    message: diagnostic.message,
  }));
}

/** The Python that a pipeline calls; what can't be read is not there. */
async function readPython(uri: string): Promise<string | null> {
  if (!uri.startsWith('file:')) return null;
  const text = await readText(fileURLToPath(uri));
  return 'text' in text ? text.text : null;
}

async function readText(path: string): Promise<{ text: string } | { problem: string }> {
  try {
    const info = await stat(path);
    if (info.size > MAX_BYTES)
      return { problem: `The file is ${Math.round(info.size / 1024 / 1024)} MB large; at most 20 MB are checked.` };
    const bytes = await readFile(path);
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    return { text };
  } catch (error) {
    if (error instanceof TypeError) return { problem: 'The file is not UTF-8 text.' };
    return { problem: `The file can’t be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const sarifLevels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/** A file's name as a relative URI reference, or as a `file:` URI where it is absolute. */
function toUri(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
}

/** The result as SARIF 2.1.0, which code hosts show beside the lines. */
export function toSarif(result: ValidationResult): object {
  const used = [...new Set(result.diagnostics.map((diagnostic) => diagnostic.code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'MLOps Workbench',
            informationUri: 'https://github.com/mlops-workbench/mlops-workbench',
            rules: used.map((code) => ({
              id: code,
              helpUri: documentationUrl(code),
              defaultConfiguration: { level: sarifLevels[diagnosticCodes[code]] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: result.diagnostics.map((diagnostic) => ({
          ruleId: diagnostic.code,
          ruleIndex: used.indexOf(diagnostic.code),
          level: sarifLevels[diagnostic.severity],
          message: { text: diagnostic.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: toUri(diagnostic.file) },
                region: {
                  startLine: diagnostic.line,
                  startColumn: diagnostic.column,
                  endLine: diagnostic.endLine,
                  endColumn: diagnostic.endColumn,
                },
              },
            },
          ],
        })),
      },
    ],
  };
}
