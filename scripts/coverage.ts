import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';
import libCoverage from 'istanbul-lib-coverage';
import { z } from 'zod';

/**
 * Joins what the test runner measured in its own processes with what V8 wrote in the processes that tests started (the
 * command line, the language server, the backend, the extension host) and in the pages of panels. Counted are lines: a
 * line is covered when any of them ran it.
 *
 *     node scripts/coverage.ts --dumps FOLDER [--threshold 90]
 */
const root = join(import.meta.dirname, '..');
const measured = /^(?:schemas|server|client|webviews)\/src\/.*\.ts$/;

const range = z.object({ startOffset: z.number(), endOffset: z.number(), count: z.number() });
const script = z.object({ url: z.string(), functions: z.array(z.object({ ranges: z.array(range) })) });
const dump = z.object({ result: z.array(script) });
type Script = z.infer<typeof script>;

interface Lines {
  readonly all: Set<number>;
  readonly covered: Set<number>;
}

class Report {
  readonly #files = new Map<string, Lines>();

  file(path: string): Lines {
    let lines = this.#files.get(path);
    if (!lines) {
      lines = { all: new Set(), covered: new Set() };
      this.#files.set(path, lines);
    }
    return lines;
  }

  entries(): [string, Lines][] {
    return [...this.#files].sort(([a], [b]) => a.localeCompare(b));
  }
}

/** What vitest measured; it also knows which lines of a file can be run at all. */
async function addRunner(report: Report): Promise<void> {
  const file = join(root, 'coverage/coverage-final.json');
  if (!existsSync(file)) return;
  const map = libCoverage.createCoverageMap(JSON.parse(await readFile(file, 'utf8')));
  for (const path of map.files()) {
    const own = relative(root, path).replaceAll('\\', '/');
    if (!measured.test(own)) continue;
    const lines = report.file(own);
    for (const [line, count] of Object.entries(map.fileCoverageFor(path).getLineCoverage())) {
      lines.all.add(Number(line));
      if (count > 0) lines.covered.add(Number(line));
    }
  }
}

/** How often the code at an offset ran: the innermost range around it tells. */
function counter({ functions }: Script): (offset: number) => number {
  const ranges = functions
    .flatMap((each) => each.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const events: { offset: number; count: number }[] = [];
  const open: { end: number; count: number }[] = [];
  const close = (before: number) => {
    for (let last = open.at(-1); last && last.end <= before; last = open.at(-1)) {
      open.pop();
      events.push({ offset: last.end, count: open.at(-1)?.count ?? 0 });
    }
  };
  for (const { startOffset, endOffset, count } of ranges) {
    close(startOffset);
    open.push({ end: endOffset, count });
    events.push({ offset: startOffset, count });
  }
  close(Number.POSITIVE_INFINITY);
  return (offset) => {
    let low = 0;
    let high = events.length - 1;
    let count = 0;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const event = events[middle];
      if (event && event.offset <= offset) {
        count = event.count;
        low = middle + 1;
      } else high = middle - 1;
    }
    return count;
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** A source that Node ran as it stands, without its types: offsets are those of the file. */
function addSource(report: Report, path: string, measuredScript: Script): void {
  const text = readFileSync(join(root, path), 'utf8');
  const countAt = counter(measuredScript);
  const lines = report.file(path);
  for (const [index, start] of lineStarts(text).entries()) {
    const content = start + (/^[ \t]*/.exec(text.slice(start, start + 200))?.[0].length ?? 0);
    if (countAt(content) > 0) lines.covered.add(index + 1);
  }
}

interface Bundle {
  readonly starts: readonly number[];
  readonly map: TraceMap;
}
const bundles = new Map<string, Bundle | null>();

function bundleOf(path: string): Bundle | null {
  let bundle = bundles.get(path);
  if (bundle === undefined) {
    const known = existsSync(`${path}.map`);
    bundle = known
      ? { starts: lineStarts(readFileSync(path, 'utf8')), map: new TraceMap(readFileSync(`${path}.map`, 'utf8')) }
      : null;
    bundles.set(path, bundle);
  }
  return bundle;
}

function addBundle(report: Report, path: string, measuredScript: Script): void {
  const bundle = bundleOf(path);
  if (!bundle) return;
  const countAt = counter(measuredScript);
  eachMapping(bundle.map, ({ generatedLine, generatedColumn, source, originalLine }) => {
    if (source === null || originalLine === null) return;
    const own = relative(root, resolve(dirname(path), source)).replaceAll('\\', '/');
    if (!measured.test(own)) return;
    if (countAt((bundle.starts[generatedLine - 1] ?? 0) + generatedColumn) > 0)
      report.file(own).covered.add(originalLine);
  });
}

/** Lines of files that the runner could not read: what the bundles have of them. */
async function addUnknown(report: Report): Promise<void> {
  const dist = join(root, 'dist');
  const files = (await readdir(dist, { recursive: true }).catch(() => [])).filter((file) => /\.c?js$/.test(file));
  const known = new Set(report.entries().flatMap(([path, { all }]) => (all.size > 0 ? [path] : [])));
  for (const file of files) {
    const path = join(dist, file);
    const bundle = bundleOf(path);
    if (!bundle) continue;
    eachMapping(bundle.map, ({ source, originalLine }) => {
      if (source === null || originalLine === null) return;
      const own = relative(root, resolve(dirname(path), source)).replaceAll('\\', '/');
      if (measured.test(own) && !known.has(own)) report.file(own).all.add(originalLine);
    });
  }
}

/** The file of this checkout that a script was read from; null for everything else. */
function fileOf(url: string): string | null {
  if (url.startsWith('file:')) return fileURLToPath(url);
  if (url.startsWith('/')) return url;
  const page = /\/((?:runs|compare|run)\/main\.js)$/.exec(url);
  return page?.[1] ? join(root, 'dist/webviews', page[1]) : null;
}

async function addDump(report: Report, file: string): Promise<void> {
  const parsed = dump.safeParse(JSON.parse((await readFile(file, 'utf8').catch(() => 'null')) || 'null'));
  for (const each of parsed.data?.result ?? []) {
    const path = fileOf(each.url);
    if (path === null || !existsSync(path)) continue;
    const own = relative(root, path).replaceAll('\\', '/');
    if (measured.test(own)) addSource(report, own, each);
    else if (own.startsWith('dist/')) addBundle(report, path, each);
  }
}

function print(report: Report, threshold: number): boolean {
  const groups = new Map<string, { covered: number; all: number }>();
  for (const [path, lines] of report.entries()) {
    const group = path
      .split('/')
      .slice(0, path.startsWith('server') ? 3 : 1)
      .join('/')
      .replace(/\/[\w.-]+\.ts$/, '');
    const sum = groups.get(group) ?? { covered: 0, all: 0 };
    sum.all += lines.all.size;
    sum.covered += [...lines.all].filter((line) => lines.covered.has(line)).length;
    groups.set(group, sum);
  }
  const total = [...groups.values()].reduce(
    (sum, each) => ({ covered: sum.covered + each.covered, all: sum.all + each.all }),
    { covered: 0, all: 0 },
  );
  for (const [name, sum] of [...groups, ['all', total] as const]) {
    console.log(`${name.padEnd(28)} ${percent(sum).padStart(7)}  ${sum.covered} of ${sum.all} lines`);
  }
  const enough = total.covered >= (total.all * threshold) / 100;
  if (!enough) console.log(`Fewer than ${threshold} % of lines are covered. The files that lack most:`);
  if (!enough) for (const line of worst(report)) console.log(line);
  return enough;
}

function worst(report: Report): string[] {
  return report
    .entries()
    .map(([path, { all, covered }]) => ({ path, missing: [...all].filter((line) => !covered.has(line)).length }))
    .sort((a, b) => b.missing - a.missing)
    .slice(0, 30)
    .map(({ path, missing }) => `  ${path}: ${missing} lines`);
}

function percent({ covered, all }: { covered: number; all: number }): string {
  return all === 0 ? '–' : `${((100 * covered) / all).toFixed(1)} %`;
}

const { values } = parseArgs({ options: { dumps: { type: 'string' }, threshold: { type: 'string', default: '90' } } });
const report = new Report();
await addRunner(report);
await addUnknown(report);
if (values.dumps) for (const name of await readdir(values.dumps)) await addDump(report, join(values.dumps, name));
process.exitCode = print(report, Number(values.threshold)) ? 0 : 1;
