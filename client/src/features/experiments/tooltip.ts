import { l10n } from 'vscode';
import type { RunDetails } from '#schemas/domain/run.ts';
import { formatDuration, formatMetric } from '../../platform/format.ts';
import { markdownTable, markdownText } from '../../platform/markdown.ts';
import { statusName } from './items.ts';

const rowLimit = 12;

/** A run's page in small, as Markdown: status, times, the first params and metrics. */
export function runTooltip({ run, metrics }: RunDetails, locale: string): string {
  const lines = [
    `**${markdownText(run.name || run.id)}**`,
    '',
    [statusName(run.status), run.experiment, ...describeTimes(run, locale)]
      .map((text) => markdownText(text))
      .join(' · '),
    '',
    ...table(
      [l10n.t('Metric'), l10n.t('Last'), l10n.t('Lowest'), l10n.t('Highest')],
      metrics.map(({ key, last, min, max }) => [
        key,
        formatMetric(last.value),
        min === null ? '' : formatMetric(min),
        max === null ? '' : formatMetric(max),
      ]),
    ),
    ...table([l10n.t('Param'), l10n.t('Value')], Object.entries(run.params)),
    markdownText(run.id),
  ];
  return lines.join('\n');
}

function describeTimes({ startTime, endTime }: RunDetails['run'], locale: string): string[] {
  if (startTime === null) return [];
  const started = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(startTime);
  return endTime === null ? [started] : [started, formatDuration(endTime - startTime)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const rest = rows.length - rowLimit;
  return [
    ...markdownTable(head, rows.slice(0, rowLimit), (cell) => markdownText(cell, 80)),
    ...(rest > 0 ? ['', l10n.t('… and {0} more', rest)] : []),
    '',
  ];
}
