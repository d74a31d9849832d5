import { setImmediate as turn } from 'node:timers/promises';
import type { Source } from '../syntax/source.ts';
import { checkPython, type PythonDiagnostic } from './check-python.ts';
import type { PythonModules } from './python-modules.ts';
import { urisOf } from './steps.ts';

/** So long after the last edit a look begins: half a word matches no parameter. */
const QUIET_MS = 120;

/** Looks at once: each holds a file and its trees, and a workspace has thousands of files. */
const MOST_AT_ONCE = 4;

/** A file as it is now. `identity` is another object for another content. */
export interface CheckedFile {
  readonly identity: object;
  /** The Python files that it may mean, as paths from its folder; null where that takes a look at its source. */
  readonly python: readonly string[] | null;
  source(): Source;
}

interface Look {
  readonly identity: object | null;
  readonly text: string;
  readonly findings: readonly PythonDiagnostic[];
  /** Python files that were asked for, there or not. */
  readonly asked: ReadonlySet<string>;
}

interface Options {
  readonly modules: PythonModules;
  /** The file as it is when its look begins; null where it is no more. */
  readonly fileAt: (uri: string) => CheckedFile | null;
  /** Something else is known of a file than before. */
  readonly onNews: (uri: string) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * What is known of the Python that files call, without waiting: the newest findings at once, moved along with the lines
 * they stand on, and a look at what changed behind the asker's back.
 */
export class PythonKnowledge {
  readonly #options: Options;
  readonly #looks = new Map<string, Look>();
  readonly #due = new Map<string, NodeJS.Timeout>();
  readonly #running = new Map<string, AbortController>();
  readonly #revisions = new Map<string, number>();
  /** Files to look at, the last first: it is the one that somebody edits. One that does not wait any more was taken since. */
  readonly #stack: string[] = [];
  readonly #waiting = new Set<string>();
  #lookers = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Counts what was learnt of a file. */
  revision(uri: string): number {
    return this.#revisions.get(uri) ?? 0;
  }

  known(uri: string, { identity, source }: CheckedFile): readonly PythonDiagnostic[] {
    const look = this.#looks.get(uri);
    if (look?.identity === identity) return look.findings;
    this.#soon(uri);
    if (!look || look.findings.length === 0) return [];
    return moved(look, source().text);
  }

  /** A Python file changed, came or went: what calls it is looked at again. */
  pythonChanged(python: string): void {
    for (const [uri, look] of this.#looks) {
      if (!look.asked.has(python)) continue;
      this.#looks.set(uri, { ...look, identity: null });
      this.#soon(uri);
    }
  }

  /** Which Python files may be read is another matter now: all is looked at again. */
  allChanged(): void {
    for (const [uri, look] of this.#looks) {
      this.#looks.set(uri, { ...look, identity: null });
      this.#soon(uri);
    }
  }

  forget(uri: string): void {
    clearTimeout(this.#due.get(uri));
    this.#due.delete(uri);
    this.#waiting.delete(uri);
    this.#running.get(uri)?.abort();
    this.#looks.delete(uri);
  }

  #soon(uri: string): void {
    clearTimeout(this.#due.get(uri));
    this.#due.set(
      uri,
      setTimeout(() => this.#queue(uri), QUIET_MS),
    );
  }

  #queue(uri: string): void {
    this.#due.delete(uri);
    this.#running.get(uri)?.abort();
    this.#waiting.add(uri);
    this.#stack.push(uri);
    if (this.#lookers < MOST_AT_ONCE) void this.#lookAtAll();
  }

  async #lookAtAll(): Promise<void> {
    this.#lookers++;
    try {
      for (let uri = this.#stack.pop(); uri !== undefined; uri = this.#stack.pop()) {
        if (!this.#waiting.delete(uri)) continue;
        await this.#look(uri);
        // The editor’s next request comes before the next file.
        await turn();
      }
    } finally {
      this.#lookers--;
    }
  }

  async #look(uri: string): Promise<void> {
    const file = this.#options.fileAt(uri);
    if (!file) return this.forget(uri);
    const aborter = new AbortController();
    this.#running.set(uri, aborter);
    try {
      const asked = new Set<string>();
      const modules = recording(this.#options.modules, asked);
      const { text, findings } = await found({ file, uri, modules, signal: aborter.signal });
      if (aborter.signal.aborted) return;
      const before = this.#looks.get(uri)?.findings ?? [];
      this.#looks.set(uri, { identity: file.identity, text, findings, asked });
      if (JSON.stringify(before) === JSON.stringify(findings)) return;
      this.#revisions.set(uri, this.revision(uri) + 1);
      this.#options.onNews(uri);
    } catch (error) {
      if (!aborter.signal.aborted) this.#options.onFailure(error);
    } finally {
      if (this.#running.get(uri) === aborter) this.#running.delete(uri);
    }
  }
}

interface Question {
  readonly file: CheckedFile;
  readonly uri: string;
  readonly modules: Pick<PythonModules, 'load'>;
  readonly signal: AbortSignal;
}

/** What is wrong with how a file calls Python. One that calls none that is there is not read for it. */
async function found({ file, uri, modules, signal }: Question): Promise<Pick<Look, 'text' | 'findings'>> {
  if (file.python !== null && !(await isAnyThere(urisOf(file.python, uri), modules))) return { text: '', findings: [] };
  signal.throwIfAborted();
  const source = file.source();
  return { text: source.text, findings: await checkPython({ source, uri, modules, signal }) };
}

async function isAnyThere(uris: readonly string[], modules: Pick<PythonModules, 'load'>): Promise<boolean> {
  const loaded = await Promise.all(uris.map((uri) => modules.load(uri)));
  return loaded.some((each) => each !== null);
}

function recording(modules: PythonModules, asked: Set<string>): Pick<PythonModules, 'load'> {
  return {
    load(uri) {
      asked.add(uri);
      return modules.load(uri);
    },
  };
}

/** Findings on lines that an edit left alone, where they stand now. Their fixes wait for the next look. */
function moved({ text: before, findings }: Look, after: string): PythonDiagnostic[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < most - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  const firstChanged = lineOf(before, head);
  const lastChanged = lineOf(before, before.length - tail);
  const shift = lineOf(after, after.length - tail) - lastChanged;
  return findings.flatMap((finding) => {
    const { range } = finding;
    if (range.endLine < firstChanged) return [{ ...finding, fixes: [] }];
    if (range.startLine <= lastChanged) return [];
    const there = { ...range, startLine: range.startLine + shift, endLine: range.endLine + shift };
    return [{ ...finding, range: there, fixes: [] }];
  });
}

function lineOf(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
