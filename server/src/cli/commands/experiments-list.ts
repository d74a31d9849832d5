import { toExperiment } from '../../experiments/wire.ts';
import { exitCodes } from '../exit.ts';
import { plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { renderTable } from '../table.ts';
import { defaultTracker, withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

export async function listExperiments(
  invocation: Invocation,
  options: { tracking: string | undefined },
): Promise<number> {
  const { output, signal } = invocation;
  const experiments = await withWorkspace(invocation, options.tracking, async (workspace) => {
    const { store } = await defaultTracker(workspace, signal);
    return whileWaiting(invocation, 'Reading experiments', () => store.listExperiments({ view: 'active', signal }));
  });
  if (output.json) {
    await output.document({ experiments: experiments.map(toExperiment) });
    return exitCodes.done;
  }
  if (experiments.length === 0) {
    await output.note('There are no experiments yet.');
    return exitCodes.done;
  }
  const { text } = renderTable(
    experiments,
    [
      { header: 'ID', cell: ({ id }) => id, style: () => 'dim' },
      { header: 'NAME', cell: ({ name }) => name, shrinkTo: 16 },
      { header: 'RUNS', cell: ({ runs }) => (runs === null ? '?' : String(runs)), align: 'right' },
    ],
    output,
  );
  await output.text(text);
  if (output.interactive) await output.note(output.style('dim', plural(experiments.length, 'experiment')));
  return exitCodes.done;
}
