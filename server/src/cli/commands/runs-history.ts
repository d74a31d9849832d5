import { toMetricPoints } from '../../experiments/wire.ts';
import { FailureError } from '../../platform/failure.ts';
import { exitCodes } from '../exit.ts';
import { formatNumber, formatTime, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { findRun } from '../run-references.ts';
import { renderTable } from '../table.ts';
import { namedTracker, withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

export async function showHistory(
  invocation: Invocation,
  options: { run: string; metric: string; tracking: string | undefined },
): Promise<number> {
  const { output, signal } = invocation;
  const { metric } = options;
  const history = await withWorkspace(invocation, options.tracking, (workspace) =>
    whileWaiting(invocation, 'Reading the metric', async () => {
      const ref = await findRun(workspace, options.run, signal);
      const { store } = await namedTracker(workspace, ref.tracker, signal);
      const found = await store.metricHistory(ref.runId, metric, signal);
      if (found.steps.length === 0) {
        throw noSuchMetric(options.run, metric, [...(await store.getRun(ref.runId, signal)).metrics.keys()]);
      }
      return found;
    }),
  );
  if (output.json) {
    await output.document({ metric, points: toMetricPoints(history) });
    return exitCodes.done;
  }
  const rows = history.steps.map((step, index) => ({
    step,
    timestamp: history.timestamps[index] ?? 0,
    value: history.values[index] ?? Number.NaN,
  }));
  const { text } = renderTable(
    rows,
    [
      { header: 'STEP', cell: ({ step }) => String(step), align: 'right' },
      { header: 'TIME', cell: ({ timestamp }) => formatTime(timestamp, 'second'), style: () => 'dim' },
      { header: metric, cell: ({ value }) => formatNumber(value), align: 'right', shrinkTo: 8 },
    ],
    output,
  );
  await output.text(text);
  if (output.interactive) await output.note(output.style('dim', plural(rows.length, 'point')));
  return exitCodes.done;
}

function noSuchMetric(run: string, metric: string, known: readonly string[]): FailureError {
  const shown = known.slice(0, 10).join(', ') + (known.length > 10 ? ', …' : '');
  return new FailureError('not-found', `Run ${run} has no metric “${metric}”.`, {
    remedy: known.length === 0 ? 'It has none at all.' : `It has: ${shown}.`,
  });
}
