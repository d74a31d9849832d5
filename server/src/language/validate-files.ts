import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { FailureError } from '../platform/failure.ts';
import { checkSource } from './diagnostics/check-source.ts';
import { type DiagnosticCode, diagnosticCodes, documentationUrl, type Severity } from './diagnostics/diagnostic.ts';
import { parseSource } from './syntax/source.ts';

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
const ownFile = /^(?:mlops\.ya?ml|.*\.mlops\.ya?ml)$/i;
const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.mlops',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  'mlruns',
  'dist',
  'out',
]);

/** Whether a file is one of ours by its name. */
export function isMlopsFile(path: string): boolean {
  return ownFile.test(basename(path));
}

/**
 * Checks files, and our files in folders below. A path that is not there is an `input` failure; a file that can't be
 * read as text is a diagnostic at its first line.
 */
export async function validateFiles(options: {
  paths: readonly string[];
  cwd: string;
  signal?: AbortSignal;
}): Promise<ValidationResult> {
  const files = await findFiles(options.paths.length > 0 ? options.paths : ['.'], options.cwd, options.signal);
  const diagnostics: FileDiagnostic[] = [];
  for (const file of files) {
    options.signal?.throwIfAborted();
    diagnostics.push(...(await validateFile(file, displayPath(file, options.cwd))));
  }
  return { files: files.map((file) => displayPath(file, options.cwd)), diagnostics };
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
    if (info.isDirectory()) for await (const file of walk(absolute, signal)) found.add(file);
    else found.add(absolute);
  }
  return [...found].sort();
}

async function* walk(folder: string, signal?: AbortSignal): AsyncGenerator<string> {
  signal?.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) yield* walk(path, signal);
    } else if (entry.isFile() && isMlopsFile(entry.name)) yield path;
  }
}

function displayPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return (path.startsWith('..') ? file : path).split(sep).join('/');
}

async function validateFile(path: string, file: string): Promise<FileDiagnostic[]> {
  const text = await readText(path);
  if ('problem' in text) {
    return [
      {
        file,
        line: 1,
        column: 1,
        endLine: 1,
        endColumn: 1,
        severity: 'error',
        code: 'file-unreadable',
        message: text.problem,
      },
    ];
  }
  return checkSource(parseSource(text.text)).map((diagnostic) => ({
    file,
    line: diagnostic.range.startLine + 1,
    column: diagnostic.range.startCharacter + 1,
    endLine: diagnostic.range.endLine + 1,
    endColumn: diagnostic.range.endCharacter + 1,
    severity: diagnostic.severity,
    code: diagnostic.code,
    message: diagnostic.message,
  }));
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
                artifactLocation: { uri: encodeURI(diagnostic.file) },
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
