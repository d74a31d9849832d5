import type { MonitorDocument } from '../monitor-documents.ts';
import { exported, selector } from './prometheus-names.ts';

export interface PlannedQuery {
  readonly expr: string;
  /** As Grafana writes legends: `{{column}}` stands for a label. Empty: all labels. */
  readonly legend: string;
}

/** One chart of a dashboard, wherever it is drawn. */
export interface PlannedPanel {
  /** Stays the same while the document names the thing: `metric:latency-p99`. */
  readonly id: string;
  readonly group: 'drift' | 'performance' | 'metrics';
  readonly title: string;
  readonly description: string;
  readonly queries: readonly PlannedQuery[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** As Grafana names it; null for a plain number. */
  readonly unit: string | null;
}

export interface PlannedAlert {
  readonly name: string;
  /** The condition, in words of the document. */
  readonly when: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly channels: readonly string[];
  /** An address; null where there is none. */
  readonly runbook: string | null;
}

/** What a dashboard of a monitor shows; Grafana's and the editor's have the same. */
export interface DashboardPlan {
  readonly monitor: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panels: readonly PlannedPanel[];
  readonly alerts: readonly PlannedAlert[];
}

export interface PlanOptions {
  /** `alerting.runbookBase` of the workspace; null without one. */
  readonly runbookBase: string | null;
}

export function planDashboard(document: MonitorDocument, { runbookBase }: PlanOptions): DashboardPlan {
  const { metadata, model, dashboard } = document;
  const watched = model === undefined ? '' : ` of ${model}`;
  return {
    monitor: metadata.name,
    title: dashboard?.title ?? modelName(document) ?? metadata.name,
    description: metadata.description ?? `The monitor ${metadata.name}${watched}.`,
    tags: [...new Set(['mlops', ...(dashboard?.tags ?? [])])].toSorted(),
    panels: [...driftPanels(document), ...performancePanels(document), ...metricPanels(document)],
    alerts: (document.alerts ?? []).map((alert) => ({
      name: alert.name ?? alert.when.trim(),
      when: alert.when,
      severity: alert.severity,
      channels: [alert.channel].flat(),
      runbook: runbookAddress(alert.runbook, runbookBase),
    })),
  };
}

/** Where a runbook is; null where only a path is known and no base. */
export function runbookAddress(runbook: string | undefined, base: string | null): string | null {
  if (runbook === undefined) return null;
  const url =
    base === null ? URL.parse(runbook) : URL.parse(runbook.replace(/^\/+/, ''), base.endsWith('/') ? base : `${base}/`);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}

function modelName({ model }: MonitorDocument): string | null {
  if (model === undefined || model.includes('${{')) return null;
  return model.slice(0, model.indexOf('@')) || null;
}

const noUnit = { minimum: null, maximum: null, unit: null };

function driftPanels({ metadata: { name: monitor }, drift }: MonitorDocument): PlannedPanel[] {
  if (!drift) return [];
  const whole = { monitor };
  return [
    {
      ...noUnit,
      id: 'drift:share',
      group: 'drift',
      title: 'Share of drifted columns',
      description: `The data set counts as drifted from ${drift.share} on.`,
      queries: [{ expr: selector(exported.driftShare, whole), legend: 'share' }],
      maximum: drift.share,
      unit: 'percentunit',
    },
    {
      ...noUnit,
      id: 'drift:statistic',
      group: 'drift',
      title: 'Drift by column',
      description: 'The distance of each column, or the statistic of its test.',
      queries: [{ expr: selector(exported.driftStatistic, whole), legend: '{{column}} ({{method}})' }],
    },
    {
      ...noUnit,
      id: 'drift:columns',
      group: 'drift',
      title: 'Drifted columns',
      description: '1 where a column drifted.',
      queries: [{ expr: selector(exported.columnDrifted, whole), legend: '{{column}}' }],
    },
    {
      ...noUnit,
      id: 'drift:missing',
      group: 'drift',
      title: 'Missing values',
      description: 'Share of missing values of each column in the current data.',
      queries: [{ expr: selector(exported.columnMissing, whole), legend: '{{column}}' }],
      unit: 'percentunit',
    },
  ];
}

function performancePanels({ metadata: { name: monitor }, performance }: MonitorDocument): PlannedPanel[] {
  return (performance?.metrics ?? []).map(({ name, minimum, maximum }): PlannedPanel => {
    const labels = { monitor, metric: name };
    return {
      id: `performance:${name}`,
      group: 'performance',
      title: name,
      description: `How good the model is by ${name}: the whole with its 95 % interval, and each slice.`,
      queries: [
        { expr: selector(exported.performance, labels), legend: `${name} {{slice}}` },
        { expr: selector(exported.performanceLow, { ...labels, slice: '' }), legend: 'interval, low' },
        { expr: selector(exported.performanceHigh, { ...labels, slice: '' }), legend: 'interval, high' },
      ],
      minimum: minimum ?? null,
      maximum: maximum ?? null,
      unit: null,
    };
  });
}

function metricPanels({ metrics = [] }: MonitorDocument): PlannedPanel[] {
  return metrics.map(({ name, query, minimum, maximum, for: holds, unit }) => ({
    id: `metric:${name}`,
    group: 'metrics',
    title: name,
    description: boundsText({ minimum, maximum, holds }),
    queries: [{ expr: query, legend: '' }],
    minimum: minimum ?? null,
    maximum: maximum ?? null,
    unit: unit ?? null,
  }));
}

interface Bounds {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly holds: string | undefined;
}

function boundsText({ minimum, maximum, holds }: Bounds): string {
  const bounds = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ];
  if (bounds.length === 0) return 'No bounds are set.';
  return `Good is ${bounds.join(' and ')}${holds === undefined ? '' : `; out of bounds counts after ${holds}`}.`;
}
