import { resolve } from 'node:path';
import type { AlertStatus, CheckState, MonitorCheck, MonitorReport } from '#schemas/domain/monitor-report.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import { toPrometheusText } from '../../monitoring/dashboards/prometheus-text.ts';
import { openMonitoring } from '../../open-monitoring.ts';
import { writeFileWhole } from '../../platform/write-file.ts';
import { exitCodes } from '../exit.ts';
import { formatNumber, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { harmless, type Output, type Style } from '../output.ts';
import { renderTable } from '../table.ts';
import { withWorkspace } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

export interface MonitorCheckFlags {
  readonly file: string;
  /** Null: the only one of the file. */
  readonly name: string | null;
  /** Where what was found is written in Prometheus’ text format; null for nowhere. */
  readonly prometheusFile: string | null;
}

/** Ends with 1 where something is out of bounds or an alert fires, with 2 where nobody can tell. */
export async function checkMonitor(invocation: Invocation, flags: MonitorCheckFlags): Promise<number> {
  const { cwd, output, signal } = invocation;
  const report = await withWorkspace(invocation, undefined, async (workspace) => {
    const warnings: string[] = [];
    const monitoring = openMonitoring(workspace, {
      onWarning: (message) => warnings.push(message),
    });
    try {
      const monitor = { file: resolve(cwd, flags.file), name: flags.name };
      return await whileWaiting(invocation, 'Checking', (say) =>
        monitoring.check(monitor, { signal, onProgress: (what) => say(`${what}…`) }),
      );
    } finally {
      monitoring.close();
      for (const message of warnings) await output.note(harmless(`warning: ${message}`));
    }
  });
  if (flags.prometheusFile !== null) {
    await writeFileWhole(resolve(cwd, flags.prometheusFile), toPrometheusText(report));
  }
  if (output.json) await output.document(report);
  else await writeForPeople(report, output);
  if (report.state === 'out-of-bounds' || report.alerts.some(({ state }) => state === 'firing')) return exitCodes.no;
  return report.state === 'ok' ? exitCodes.done : exitCodes.input;
}

const styles: Readonly<Record<CheckState, Style>> = {
  ok: 'green',
  'out-of-bounds': 'red',
  'no-data': 'yellow',
  'could-not-check': 'yellow',
};

async function writeForPeople({ monitor, checks, alerts, state }: MonitorReport, output: Output): Promise<void> {
  const { text } = renderTable(
    checks,
    [
      { header: 'CHECK', cell: ({ kind }) => kind, optional: 1 },
      { header: 'NAME', cell: named, shrinkTo: 16 },
      { header: 'VALUE', cell: value, align: 'right' },
      { header: 'BOUNDS', cell: bounds, optional: 2 },
      { header: 'STATE', cell: (check) => check.state, style: (check) => styles[check.state] },
      { header: 'REASON', cell: ({ reason }) => reason ?? '', shrinkTo: 20 },
    ],
    output,
  );
  if (checks.length > 0) await output.text(text);
  for (const alert of alerts) await output.text(alertLine(alert, output));
  const bad = checks.filter((check) => check.state !== 'ok').length;
  const told = checks.length === 0 ? 'it checks nothing' : `${plural(checks.length, 'check')}, ${bad} not ok`;
  await output.note(output.style(styles[state], harmless(`${monitor}: ${state}, ${told}.`)));
}

function named({ name, labels }: MonitorCheck): string {
  const said = Object.entries(labels).map(([label, of]) => `${label}=${of}`);
  return said.length === 0 ? name : `${name} (${said.join(', ')})`;
}

function value({ value: given, interval, unit }: MonitorCheck): string {
  if (given === null) return '';
  const shown = `${formatNumber(fromJsonNumber(given))}${unit === null ? '' : ` ${unit}`}`;
  if (interval === null) return shown;
  const [low, high] = [interval.low, interval.high].map((one) => formatNumber(fromJsonNumber(one)));
  return `${shown} (${low} to ${high})`;
}

function bounds({ minimum, maximum }: MonitorCheck): string {
  const parts = [
    ...(minimum === null ? [] : [`≥ ${formatNumber(minimum)}`]),
    ...(maximum === null ? [] : [`≤ ${formatNumber(maximum)}`]),
  ];
  return parts.join(', ');
}

function alertLine({ name, severity, state, reason }: AlertStatus, output: Output): string {
  const style = state === 'firing' ? 'red' : state === 'inactive' ? 'green' : 'yellow';
  return harmless(`alert ${name} (${severity}): ${output.style(style, state)}${reason === null ? '' : `, ${reason}`}`);
}
