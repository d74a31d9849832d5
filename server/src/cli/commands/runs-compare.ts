import type { Comparison } from '#schemas/domain/comparison.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import { compareRuns, findRuns } from '../../experiments/compare.ts';
import { FailureError } from '../../platform/failure.ts';
import { exitCodes } from '../exit.ts';
import { formatNumber, formatTime } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import type { Output } from '../output.ts';
import { shortenIds } from '../run-ids.ts';
import { findRun } from '../run-references.ts';
import { type Column, renderTable } from '../table.ts';
import { namedTracker, withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

export async function compare(
  invocation: Invocation,
  options: { runs: readonly string[]; tracking: string | undefined; onlyDifferent: boolean },
): Promise<number> {
  const { output, signal } = invocation;
  if (options.runs.length < 2) {
    throw new FailureError('input', 'To compare, name at least two runs.', {
      remedy: '`mlops runs list` shows their ids.',
    });
  }
  const comparison = await withWorkspace(invocation, options.tracking, (workspace) =>
    whileWaiting(invocation, 'Reading runs', async () => {
      const refs = [];
      for (const text of options.runs) refs.push(await findRun(workspace, text, signal));
      const found = await findRuns(refs, (name) => namedTracker(workspace, name, signal), signal);
      return compareRuns(found, { onlyDifferent: options.onlyDifferent });
    }),
  );
  if (output.json) {
    const { runs, params, tags } = comparison;
    const metrics = comparison.metrics.map(({ key, values, differs }) => ({ key, values, differs }));
    await output.document({ runs: runs.map(({ ref }) => ref.runId), params, metrics, tags });
    return exitCodes.done;
  }
  await output.text(render(comparison, options.onlyDifferent, output));
  return exitCodes.done;
}

interface Row {
  readonly key: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const narrowestRun = 16;

function render(comparison: Comparison, onlyDifferent: boolean, output: Output): string {
  const sections = sectionsOf(comparison, output);
  // Runs that don't fit beside each other come below each other, in groups.
  const keyWidth = Math.min(28, Math.max(8, ...sections.flatMap(({ rows }) => rows.map(({ key }) => key.length))));
  const perGroup = Math.max(1, Math.floor((output.width - keyWidth) / (narrowestRun + 2)));
  const runs = comparison.runs.map((_, index) => index);
  const groups: string[] = [];
  for (let start = 0; start < runs.length; start += perGroup) {
    groups.push(renderGroup(sections, runs.slice(start, start + perGroup), output));
  }
  const nothing = onlyDifferent && sections.slice(1).every(({ rows }) => rows.length === 0);
  return [...groups, ...(nothing ? ['These runs differ in no param, metric or tag.'] : [])].join('\n\n');
}

function sectionsOf({ runs, params, metrics, tags }: Comparison, output: Output): Section[] {
  const ids = shortenIds(
    runs.map(({ ref }) => ref.runId),
    output,
  );
  const about = (key: string, values: readonly string[]): Row => ({ key, values, differs: false });
  const severalTrackers = new Set(runs.map(({ ref }) => ref.tracker)).size > 1;
  return [
    {
      title: 'RUN',
      rows: [
        about(
          'id',
          runs.map(({ ref }) => ids.get(ref.runId) ?? ref.runId),
        ),
        about(
          'name',
          runs.map(({ run }) => run.name),
        ),
        ...(severalTrackers
          ? [
              about(
                'tracker',
                runs.map(({ ref }) => ref.tracker),
              ),
            ]
          : []),
        about(
          'experiment',
          runs.map(({ run }) => run.experiment),
        ),
        about(
          'status',
          runs.map(({ run }) => run.status),
        ),
        about(
          'started',
          runs.map(({ run }) => formatTime(run.startTime)),
        ),
      ],
    },
    { title: 'PARAMS', rows: params.map((row) => ({ ...row, values: row.values.map((value) => value ?? '–') })) },
    {
      title: 'METRICS',
      rows: metrics.map((row) => ({
        ...row,
        values: row.values.map((value) => (value === null ? '–' : formatNumber(fromJsonNumber(value)))),
      })),
    },
    {
      // MLflow's own tags say little to a person; JSON has them.
      title: 'TAGS',
      rows: tags
        .filter(({ key }) => !key.startsWith('mlflow.'))
        .map((row) => ({ ...row, values: row.values.map((value) => value ?? '–') })),
    },
  ];
}

/** One table for all sections, so that the runs stand below each other throughout. */
function renderGroup(sections: readonly Section[], runs: readonly number[], output: Output): string {
  const shown = sections.filter(({ rows }) => rows.length > 0);
  const rows = shown.flatMap((section) => section.rows);
  const columns: Column<Row>[] = [
    { header: '', cell: ({ key }) => key, shrinkTo: 8 },
    ...runs.map(
      (run): Column<Row> => ({
        header: '',
        cell: ({ values }) => values[run] ?? '',
        style: ({ differs }) => (differs ? 'bold' : null),
        shrinkTo: narrowestRun,
      }),
    ),
  ];
  const [, ...lines] = renderTable(rows, columns, output).text.split('\n');
  let line = 0;
  const parts = shown.map(({ title, rows: ofSection }) => {
    const part = lines.slice(line, line + ofSection.length);
    line += ofSection.length;
    return [output.style('dim', title), ...part].join('\n');
  });
  return parts.join('\n');
}
