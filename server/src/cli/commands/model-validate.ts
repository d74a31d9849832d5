import type { GateResult } from '#schemas/domain/gate-report.ts';
import { gateSummary, validateVersion } from '../../models/validate-version.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { versionArgument, withModels } from '../models.ts';
import { renderTable } from '../table.ts';
import { whileWaiting } from '../waiting.ts';

/** Asks the gates of a version. Ends with 1 where one is closed. */
export async function validateModel(invocation: Invocation, version: string): Promise<number> {
  const { output, signal } = invocation;
  const named = versionArgument(version);
  const { report, digest } = await withModels(invocation, (models) =>
    whileWaiting(invocation, `Asking the gates of ${version}`, () => validateVersion(models, named, { signal })),
  );
  const code = report.passed ? exitCodes.done : exitCodes.no;
  if (output.json) {
    const { passed, gates, model, createdAt } = report;
    await output.document({ passed, gates, model, version: report.version, report: digest, createdAt });
    return code;
  }
  const { text } = renderTable(
    report.gates,
    [
      { header: 'GATE', cell: ({ name }) => name, shrinkTo: 14 },
      {
        header: 'RESULT',
        cell: ({ passed }) => (passed ? 'passed' : 'closed'),
        style: ({ passed }) => (passed ? 'green' : 'red'),
      },
      { header: 'VALUE', cell: ({ value }) => shown(value), align: 'right', shrinkTo: 8, optional: 2 },
      { header: 'BOUND', cell: ({ bound }) => shown(bound), align: 'right', shrinkTo: 8, optional: 1 },
      { header: 'DETAIL', cell: ({ detail }) => detail, shrinkTo: 24 },
    ],
    output,
  );
  await output.text(text);
  await output.note(output.style(report.passed ? 'green' : 'red', gateSummary(report)));
  return code;
}

function shown(value: GateResult['value']): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
}
