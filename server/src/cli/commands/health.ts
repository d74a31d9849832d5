import { type ComponentHealth, healthComponents } from '../../health.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import type { Style } from '../output.ts';
import { renderTable } from '../table.ts';
import { withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

/** Ends with 1 where something that was checked is not well. */
export async function showHealth(invocation: Invocation, options: { tracking: string | undefined }): Promise<number> {
  const { output, signal } = invocation;
  const { components } = await withWorkspace(invocation, options.tracking, (workspace) =>
    whileWaiting(invocation, 'Checking connections', () => healthComponents(workspace, signal)),
  );
  const code = components.some(({ healthy }) => healthy === false) ? exitCodes.no : exitCodes.done;
  if (output.json) {
    await output.document({ components });
    return code;
  }
  if (components.length === 0) {
    await output.note('Nothing is configured here, and nothing was found.');
    return code;
  }
  const { text } = renderTable(
    components,
    [
      { header: 'HEALTH', cell: (component) => words(component)[0], style: (component) => words(component)[1] },
      { header: 'NAME', cell: ({ name }) => name, shrinkTo: 12 },
      { header: 'KIND', cell: ({ kind }) => kind },
      {
        header: 'LATENCY',
        cell: ({ latencyMs }) => (latencyMs === null ? '' : `${Math.round(latencyMs)}ms`),
        align: 'right',
      },
      { header: 'DETAIL', cell: ({ detail }) => detail, shrinkTo: 20 },
    ],
    output,
  );
  await output.text(text);
  return code;
}

function words({ healthy }: ComponentHealth): readonly [string, Style] {
  if (healthy === null) return ['unchecked', 'dim'];
  return healthy ? ['ok', 'green'] : ['failing', 'red'];
}
