import { stringify } from 'yaml';
import type { MonitorDocument } from '../monitor-documents.ts';
import { conditionToPromql } from './condition-promql.ts';
import { type PlanOptions, runbookAddress } from './plan-dashboard.ts';
import { numberText, recordedMetric, selector } from './prometheus-names.ts';

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PrometheusRules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

/** Something of the document that the rules do not have. */
export interface LeftOut {
  /** The metric or alert. */
  readonly name: string;
  readonly reason: string;
}

export interface RulesOptions extends PlanOptions {
  /** Prometheus has `keep_firing_for` since 2.42; an older one refuses a file that names it. */
  readonly keepFiringFor: boolean;
}

/**
 * Rules of a Monitor document for Prometheus: each metric is recorded, its bounds and the alerts' conditions become
 * alerts. The recordings come first, since a group's rules are evaluated in order.
 */
export function toPrometheusRules(
  document: MonitorDocument,
  options: RulesOptions,
): { readonly rules: PrometheusRules; readonly leftOut: readonly LeftOut[] } {
  const monitor = document.metadata.name;
  const leftOut: LeftOut[] = [];
  const metrics = (document.metrics ?? []).filter(({ name, query }) => {
    if (!query.includes('${{')) return true;
    leftOut.push({ name, reason: 'Its query holds an expression that only a check of the monitor fills in.' });
    return false;
  });
  const recorded = new Set(metrics.map(({ name }) => name));
  const shared = commonLabels(document);
  const rules = [
    ...metrics.map((metric) => recording(metric, shared)),
    ...metrics.flatMap((metric) => boundsAlert(metric, { monitor, shared })),
    ...(document.alerts ?? []).flatMap((alert): AlertingRule[] => {
      const name = alert.name ?? alert.when.trim();
      const condition = conditionToPromql(alert.when, monitor);
      if ('problem' in condition) {
        leftOut.push({ name, reason: `Prometheus can’t express its condition: ${condition.problem}` });
        return [];
      }
      const unknown = condition.metrics.find((metric) => !recorded.has(metric));
      if (unknown !== undefined) {
        leftOut.push({ name, reason: `Its condition asks the metric “${unknown}”, which is not recorded.` });
        return [];
      }
      if (alert.keepFiringFor !== undefined && !options.keepFiringFor) {
        leftOut.push({ name, reason: `keepFiringFor: ${alert.keepFiringFor} is not in its rule.` });
      }
      return [conditionAlert(alert, { expr: condition.expr, shared, options })];
    }),
  ];
  const groups = rules.length === 0 ? [] : [{ name: `mlops-${monitor}`, rules }];
  return { rules: { groups }, leftOut };
}

/** The text of a rule file. */
export function rulesText({ groups }: PrometheusRules): string {
  return stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false });
}

type Metric = NonNullable<MonitorDocument['metrics']>[number];
type Alert = NonNullable<MonitorDocument['alerts']>[number];

function recording({ name, query }: Metric, shared: Readonly<Record<string, string>>): RecordingRule {
  return { record: recordedMetric, expr: query, labels: { ...shared, metric: name } };
}

function boundsAlert(
  { name, minimum, maximum, for: holds, unit }: Metric,
  { monitor, shared }: { readonly monitor: string; readonly shared: Readonly<Record<string, string>> },
): AlertingRule[] {
  const series = selector(recordedMetric, { monitor, metric: name });
  const conditions = [
    ...(minimum === undefined ? [] : [`${series} < ${numberText(minimum)}`]),
    ...(maximum === undefined ? [] : [`${series} > ${numberText(maximum)}`]),
  ];
  if (conditions.length === 0) return [];
  const bounds = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ].join(' and ');
  return [
    {
      alert: `${name} out of bounds`,
      expr: conditions.join(' or '),
      ...(holds === undefined ? {} : { for: holds }),
      labels: templated({ ...shared, severity: 'warning' }),
      annotations: {
        summary: literal(`${name} of ${monitor} is out of bounds`),
        description: `${literal(`${name} is `)}{{ $value }}${literal(`${unit === undefined ? '' : ` ${unit}`}; good is ${bounds}.`)}`,
      },
    },
    {
      // Without it, a metric that vanished would look as good as one within its bounds.
      alert: `${name} has no data`,
      expr: `absent(${series})`,
      for: holds ?? '5m',
      labels: templated({ ...shared, severity: 'warning', metric: name }),
      annotations: { summary: literal(`${name} of ${monitor} has no data`) },
    },
  ];
}

interface ConditionParts {
  readonly expr: string;
  readonly shared: { readonly monitor: string };
  readonly options: RulesOptions;
}

function conditionAlert(alert: Alert, { expr, shared, options }: ConditionParts): AlertingRule {
  const name = alert.name ?? alert.when.trim();
  const runbook = runbookAddress(alert.runbook, options.runbookBase);
  return {
    alert: name,
    expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined || !options.keepFiringFor ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: templated({ ...labelsOf(alert.labels), ...shared, severity: alert.severity }),
    annotations: {
      summary: literal(`${shared.monitor}: ${name}`),
      description: `${literal(`${alert.when}: `)}{{ $value }}`,
      ...(runbook === null ? {} : { runbook_url: literal(runbook) }),
    },
  };
}

function commonLabels({ metadata, model, environment }: MonitorDocument): { readonly monitor: string } {
  const plain = (name: string, value: string | undefined) =>
    value === undefined || value.includes('${{') ? {} : { [name]: value };
  return {
    ...labelsOf(metadata.labels),
    monitor: metadata.name,
    ...plain('model', model),
    ...plain('environment', environment),
  };
}

/** Labels by names that Prometheus takes: other characters become underscores. */
function labelsOf(labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d|__)/, 'label_'),
      value,
    ]),
  );
}

/** Labels of an alert are templates; those of a recording are not. */
function templated(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, literal(value)]));
}

/** Text in which Prometheus’ templates see nothing of theirs. */
function literal(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
