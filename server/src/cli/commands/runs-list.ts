import { parseNumber } from '../../experiments/number-text.ts';
import { orderClauses } from '../../experiments/search/clauses.ts';
import { parseRunSearch } from '../../experiments/search/parse.ts';
import type { RunSearch } from '../../experiments/search/query.ts';
import { byText } from '../../experiments/table-columns.ts';
import type { ExperimentRecord, RunRecord, TrackingStore } from '../../experiments/tracking-store.ts';
import { namesOf, toRun } from '../../experiments/wire.ts';
import { FailureError } from '../../platform/failure.ts';
import { exitCodes } from '../exit.ts';
import { formatDuration, formatNumber, formatTime, plural, statusStyle } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import type { Output } from '../output.ts';
import { shortenIds } from '../run-ids.ts';
import { type Column, renderTable } from '../table.ts';
import { defaultTracker, withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

export interface RunsListOptions {
  readonly tracking?: string;
  /** By name or id; empty is all. */
  readonly experiments: readonly string[];
  readonly filter?: string;
  readonly orderBy: readonly string[];
  readonly limit: number;
  readonly page?: string;
}

export async function listRuns(invocation: Invocation, options: RunsListOptions): Promise<number> {
  const { output, signal } = invocation;
  const asked = { filter: options.filter ?? '', orderBy: options.orderBy.flatMap(orderClauses) };
  // Refused before anything is opened.
  parseRunSearch(asked);
  const found = await withWorkspace(invocation, options.tracking, async (workspace) => {
    const { store } = await defaultTracker(workspace, signal);
    return whileWaiting(invocation, 'Reading runs', async () => {
      const experiments = await store.listExperiments({ view: 'all', signal });
      const experimentIds = options.experiments.map((name) => experimentNamed(name, experiments).id);
      const search = parseRunSearch({ ...asked, experimentIds });
      return { search, names: namesOf(experiments), page: await searchRuns(store, search, { ...options, signal }) };
    });
  });
  const { names, page, search } = found;
  if (output.json) {
    const runs = page.runs.map((run) => toRun(run, names.get(run.experimentId) ?? run.experimentId));
    await output.document({ runs, nextPage: page.nextPage });
    return exitCodes.done;
  }
  if (page.runs.length === 0) {
    await output.note(noRuns(options));
    return exitCodes.done;
  }
  const columns = columnsOf(page.runs, { names, search, output });
  const { text, shown } = renderTable(page.runs, columns, output);
  await output.text(text);
  const left = columns.length - shown.length;
  const leftOut = left > 0 ? `, ${plural(left, 'more column')} with --json or a wider terminal` : '';
  if (output.interactive) await output.note(output.style('dim', `${plural(page.runs.length, 'run')}${leftOut}`));
  if (page.nextPage !== null) await output.note(`There are more: add --page ${page.nextPage}`);
  return exitCodes.done;
}

function searchRuns(
  store: TrackingStore,
  search: RunSearch,
  options: { limit: number; page?: string; signal: AbortSignal },
) {
  return store.searchRuns(search, { limit: options.limit, page: options.page ?? null, signal: options.signal });
}

/** By name, of several the one that is not deleted; else by id. */
function experimentNamed(name: string, experiments: readonly ExperimentRecord[]): ExperimentRecord {
  const named = experiments.filter((experiment) => experiment.name === name);
  const found =
    named.find(({ lifecycleStage }) => lifecycleStage === 'active') ??
    named[0] ??
    experiments.find(({ id }) => id === name);
  if (found) return found;
  const known = experiments.filter(({ lifecycleStage }) => lifecycleStage === 'active').map((known) => known.name);
  const shown = known.slice(0, 10).join(', ') + (known.length > 10 ? ', …' : '');
  throw new FailureError('not-found', `There is no experiment “${name}”.`, {
    remedy: known.length === 0 ? 'The tracker has none.' : `There are: ${shown}.`,
  });
}

function noRuns(options: RunsListOptions): string {
  if (options.filter !== undefined && options.filter.trim() !== '') return 'No run matches the filter.';
  return options.experiments.length > 0 ? 'There are no runs in it yet.' : 'There are no runs yet.';
}

const mostColumns = 8;

function columnsOf(
  runs: readonly RunRecord[],
  context: { names: ReadonlyMap<string, string>; search: RunSearch; output: Output },
): Column<RunRecord>[] {
  const { names, search, output } = context;
  const ids = shortenIds(
    runs.map(({ id }) => id),
    output,
  );
  const severalExperiments = new Set(runs.map(({ experimentId }) => experimentId)).size > 1;
  const experiment: Column<RunRecord> = {
    header: 'EXPERIMENT',
    cell: (run) => names.get(run.experimentId) ?? run.experimentId,
    shrinkTo: 10,
    optional: 2,
  };
  return [
    { header: 'ID', cell: ({ id }) => ids.get(id) ?? id, style: () => 'dim' },
    { header: 'NAME', cell: ({ name }) => name, shrinkTo: 16 },
    { header: 'STATUS', cell: ({ status }) => status, style: ({ status }) => statusStyle(status) },
    { header: 'STARTED', cell: ({ startTime }) => formatTime(startTime) },
    { header: 'DURATION', cell: durationOf, align: 'right', optional: 3 },
    ...(severalExperiments ? [experiment] : []),
    ...metricColumns(runs, search),
    ...paramColumns(runs, search),
  ];
}

function durationOf({ startTime, endTime }: RunRecord): string {
  return startTime === null || endTime === null ? '' : formatDuration(endTime - startTime);
}

/** Metrics that were asked about, or the first, outlive other columns where room is short. */
function metricColumns(runs: readonly RunRecord[], search: RunSearch): Column<RunRecord>[] {
  const asked = keysIn(search, 'metric');
  const maps = runs.map(({ metrics }) => metrics);
  return chooseKeys(maps, asked).map((key, index) => ({
    header: key,
    cell: ({ metrics }) => formatNumber(metrics.get(key)?.value),
    align: 'right',
    optional: index < Math.max(1, asked.length) ? 1 : 4 + index,
  }));
}

function paramColumns(runs: readonly RunRecord[], search: RunSearch): Column<RunRecord>[] {
  const asked = keysIn(search, 'param');
  const maps = runs.map(({ params }) => params);
  return chooseKeys(maps, asked).map((key, index) => {
    const isNumeric = maps.every((params) => parseNumber(params.get(key) ?? '0') !== null);
    return {
      header: key,
      cell: ({ params }) => shortNumber(params.get(key) ?? ''),
      align: isNumeric ? 'right' : 'left',
      shrinkTo: 8,
      optional: index < asked.length ? 1 : 5 + index,
    };
  });
}

/** Python writes a drawn learning rate with 17 digits: nobody reads them in a table. */
function shortNumber(text: string): string {
  const number = text.length > 10 ? parseNumber(text) : null;
  return number === null ? text : formatNumber(number);
}

function keysIn({ conditions, orderBy }: RunSearch, entity: 'metric' | 'param'): string[] {
  return [...orderBy, ...conditions].filter((part) => part.entity === entity).map(({ key }) => key);
}

/** First what was asked about, then what most runs have. */
function chooseKeys(maps: readonly ReadonlyMap<string, unknown>[], first: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const map of maps) for (const key of map.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const common = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || byText.compare(a, b)).map(([key]) => key);
  const isSystem = (key: string) => key.startsWith('system/');
  const ordinary = common.filter((key) => !isSystem(key));
  return [...new Set([...first, ...ordinary, ...common.filter(isSystem)])].slice(0, mostColumns);
}
