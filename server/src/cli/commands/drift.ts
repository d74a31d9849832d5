import { resolve } from 'node:path';
import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import type { DriftColumn, DriftReport, DriftSegment, DriftVerdict } from '#schemas/domain/drift-report.ts';
import { classifierSentence, roundPercent } from '#schemas/domain/drift-score.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import { dataTasks } from '../../local-data.ts';
import type { CheckDrift, FileName } from '../../monitoring/drift/drift-checker.ts';
import { toRequest } from '../../monitoring/drift/monitor-request.ts';
import { readDriftMonitor } from '../../monitoring/monitor-documents.ts';
import { isObjectUri } from '../../platform/configuration/object-address.ts';
import { FailureError } from '../../platform/failure.ts';
import { checkDrift } from '../../workspace.ts';
import { exitCodes } from '../exit.ts';
import { formatNumber, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { harmless, type Output, type Style } from '../output.ts';
import { renderTable } from '../table.ts';
import { requireFolder, withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

export interface DriftFlags {
  readonly reference: string | undefined;
  readonly current: string | undefined;
  readonly monitor: string | undefined;
  readonly columns: readonly string[];
  readonly methods: readonly DriftMethod[];
  readonly explain?: boolean;
  readonly domainClassifier?: boolean;
}

/** Ends with 1 where the data drifted, with 2 where nobody can tell. */
export async function drift(invocation: Invocation, flags: DriftFlags): Promise<number> {
  const { cwd, output, signal } = invocation;
  await requireFolder(cwd);
  const monitor = flags.monitor === undefined ? null : await readDriftMonitor(resolve(cwd, flags.monitor));
  const side = (name: 'reference' | 'current'): FileName => {
    const path = flags[name];
    if (path !== undefined) return { path, folder: cwd };
    if (monitor) return { path: monitor.drift[name], folder: monitor.folder };
    throw new FailureError('input', `What are the ${name} data?`, { remedy: `Name them with --${name} FILE.` });
  };
  const check = {
    reference: side('reference'),
    current: side('current'),
    request: toRequest(monitor?.drift ?? null, flags),
  };
  const compare = (using: CheckDrift) =>
    whileWaiting(invocation, 'Comparing the data', (say) =>
      using(check, { signal, onProgress: (done, total) => say(`Comparing columns: ${done} of ${total}`) }),
    );
  // Files need no workspace; stores are reached as its configuration says.
  const isRemote = [check.reference, check.current].some(({ path }) => isObjectUri(path));
  const report = isRemote
    ? await withWorkspace(invocation, undefined, (workspace) => compare(dataTasks(workspace).checkDrift))
    : await compare(checkDrift);
  if (output.json) await output.document(report);
  else await writeForPeople(report, output);
  if (report.verdict === 'drift') return exitCodes.no;
  return report.verdict === 'no-drift' ? exitCodes.done : exitCodes.input;
}

const styles: Readonly<Record<DriftVerdict, Style>> = {
  drift: 'red',
  'no-drift': 'green',
  'no-data': 'yellow',
  'could-not-check': 'yellow',
};

async function writeForPeople(report: DriftReport, output: Output): Promise<void> {
  const { text } = renderTable(
    report.columns,
    [
      { header: 'COLUMN', cell: ({ column }) => column, shrinkTo: 12 },
      { header: 'TYPE', cell: ({ type }) => type ?? '', optional: 3 },
      { header: 'METHOD', cell: ({ method, detector }) => method ?? detector ?? '' },
      { header: 'STATISTIC', cell: statistic, align: 'right', optional: 1 },
      { header: 'P', cell: ({ pValue, adjustedPValue }) => formatNumber(adjustedPValue ?? pValue), align: 'right' },
      { header: 'THRESHOLD', cell: ({ threshold }) => formatNumber(threshold), align: 'right', optional: 2 },
      { header: 'VERDICT', cell: ({ verdict }) => verdict, style: ({ verdict }) => styles[verdict] },
      { header: 'REASON', cell: ({ reason }) => reason ?? '', shrinkTo: 20 },
    ],
    output,
  );
  await output.text(text);
  for (const { column, reason } of report.leftOut) await output.note(harmless(`${column} was left out: ${reason}`));
  for (const line of explanations(report)) await output.note(harmless(line));
  if (report.domainClassifier) await output.note(harmless(classifierSentence(report.domainClassifier)));
  await output.note(output.style(styles[report.verdict], summary(report)));
}

/** A line for the data set, and one for each column of which something else is true. */
function explanations({ segments = [], sampledRows }: DriftReport): readonly string[] {
  const whole = segments.find(({ column }) => column === null);
  const told = segments.filter((one) => one === whole || !whole || one.predicate !== whole.predicate);
  const sampled = sampledRows
    ? ` Looked for in ${plural(sampledRows.reference, 'row')} and ${plural(sampledRows.current, 'row')} of the two sides.`
    : '';
  return told.map((one, index) => `${explanation(one)}${index === 0 ? sampled : ''}`);
}

function explanation({ column, predicate, explained, rows, reason }: DriftSegment): string {
  const what = column === null ? 'All drifted columns' : column;
  if (predicate === null || explained === null || rows === null) return `${what}: ${reason ?? ''}`;
  const moved = Math.abs(rows.current - rows.reference) > Math.max(0.01, 0.1 * rows.current);
  const where = `${roundPercent(rows.current)} of the rows${moved ? ` (${roundPercent(rows.reference)} of the reference)` : ''}`;
  return `${what}: most of it comes from ${predicate}: ${roundPercent(explained)} of the drift is in ${where}.`;
}

function statistic({ statistic: value, errorBound }: DriftColumn): string {
  if (value === null) return '';
  const shown = formatNumber(fromJsonNumber(value));
  return errorBound ? `${shown} ± ${formatNumber(Number(errorBound.toPrecision(2)))}` : shown;
}

function summary({ rows, columns, share, verdict }: DriftReport): string {
  const compared = `${plural(rows.reference, 'row')} against ${plural(rows.current, 'row')}`;
  const drifted = new Set(columns.filter((one) => one.drifted).map(({ column }) => column)).size;
  const part = share === null ? '' : `, ${plural(drifted, 'column')} drifted (${Math.round(share * 100)} %)`;
  return `${verdict}: ${compared}${part}.`;
}
