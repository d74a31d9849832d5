import { arch, homedir, platform, release, userInfo } from 'node:os';
import type { Connection } from '#schemas/domain/connection.ts';
import type { ResolvedConfiguration } from './configuration/resolved.ts';
import type { LogEntry } from './log.ts';
import type { Redactor } from './redact.ts';

export interface DiagnosticsInput {
  /** The workspace's folder; it shows as `<folder>`. */
  readonly folder: string;
  /** The versions of extension and editor, a line each. */
  readonly client?: readonly string[];
  readonly configuration: ResolvedConfiguration;
  readonly connections: readonly Connection[];
  readonly log: readonly LogEntry[];
  readonly redactor: Redactor;
}

/** A Markdown text for a bug report: no secret, no user name, no path of a home folder. */
export function diagnosticsText(input: DiagnosticsInput): string {
  const { configuration, connections, log } = input;
  const text = [
    '# MLOps Workbench diagnostics',
    '',
    ...(input.client ?? []).map((line) => `- ${line.replace(/\s+/g, ' ')}`),
    `- Backend: Node ${process.versions.node}${process.versions.electron ? `, Electron ${process.versions.electron}` : ''}`,
    `- System: ${platform()} ${release()} ${arch()}`,
    `- Configuration: ${configuration.file ?? 'no mlops.yaml'}`,
    '',
    '## Connections',
    '',
    '| name | kind | back end | uri | source | healthy | ms | detail |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...connections.map(connectionRow),
    '',
    '## Warnings',
    '',
    ...configuration.warnings.map(
      ({ file, line, message }) => `- ${file}${line === null ? '' : `:${line}`}: ${message}`,
    ),
    '',
    '## Log',
    '',
    '```text',
    ...log.map(({ time, level, text: line }) => `${new Date(time).toISOString()} ${level.padEnd(5)} ${line}`),
    '```',
    '',
  ].join('\n');
  return input.redactor.redact(withoutPerson(text, personHere(input.folder)));
}

function connectionRow({ name, kind, backend, uri, source, healthy, latencyMs, detail }: Connection): string {
  const cells = [name, kind, backend, uri, source, healthy ?? 'not checked', latencyMs ?? '', detail];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
}

export interface Person {
  readonly folder: string;
  readonly home: string;
  readonly user: string;
}

function personHere(folder: string): Person {
  return { folder, home: homedir(), user: userName() };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** Takes out what tells who someone is: the folder's path, the home folder, anybody's home folder, the user's name. */
export function withoutPerson(text: string, { folder, home, user }: Person): string {
  let clean = text.replaceAll(folder, '<folder>');
  if (home.length > 1) clean = clean.replaceAll(home, '~');
  clean = clean
    .replace(/(\/(?:home|Users)\/)[^/\s"'|]+/g, '$1<user>')
    .replace(/([A-Za-z]:\\Users\\)[^\\\s"'|]+/gi, '$1<user>');
  if (user.length < 2) return clean;
  const word = new RegExp(
    `(?<![\\p{L}\\p{N}_])${user.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\p{L}\\p{N}_])`,
    'gu',
  );
  return clean.replace(word, '<user>');
}
