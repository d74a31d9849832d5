import { sha256Of } from '../../platform/canonical-json.ts';
import type { MonitorDocument } from '../monitor-documents.ts';
import { type DashboardPlan, type PlannedAlert, type PlannedPanel, planDashboard } from './plan-dashboard.ts';
import { exported, selector } from './prometheus-names.ts';

/** Grafana 10.3 wrote this version of the classic model first; newer ones migrate it as they read it. */
const schemaVersion = 39;
const columns = 24;

export interface GrafanaOptions {
  /** `metadata.name` of the Workspace document; empty without one. */
  readonly workspace: string;
  /** `alerting.runbookBase` of the workspace; null without one. */
  readonly runbookBase: string | null;
}

/** A dashboard in Grafana's classic model. Grafana gives `id` and `version` itself: neither is in here. */
export interface GrafanaDashboard extends Readonly<Record<string, unknown>> {
  readonly uid: string;
  readonly title: string;
}

/**
 * The dashboard of a Monitor document. The same document gives the same JSON, and what a document did not change stays
 * as it is but for its place: panels keep their ids.
 */
export function toGrafanaDashboard(document: MonitorDocument, options: GrafanaOptions): GrafanaDashboard {
  const plan = planDashboard(document, options);
  return {
    uid: dashboardUid(options.workspace, plan.monitor),
    title: plan.title,
    description: plan.description,
    tags: plan.tags,
    schemaVersion,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: 'now-24h', to: 'now' },
    refresh: '1m',
    links: [],
    annotations: { list: [] },
    templating: { list: [datasourceVariable(document.dashboard?.datasource)] },
    panels: panelsOf(plan),
  };
}

/** The text of a dashboard's file. */
export function dashboardText(dashboard: object): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/**
 * The same for a monitor of a workspace wherever it is checked out, another in every other workspace, and no longer than
 * the 40 characters that Grafana takes.
 */
export function dashboardUid(workspace: string, monitor: string): string {
  const digest = sha256Of(`${workspace}\n${monitor}`).slice(0, 10);
  return `mlops-${monitor.slice(0, 23)}-${digest}`;
}

const datasource = { type: 'prometheus', uid: '$' + '{datasource}' };

/** A person of Grafana chooses the data source; where the document names one, that is the only choice. */
function datasourceVariable(name: string | undefined): object {
  return {
    type: 'datasource',
    name: 'datasource',
    label: 'Data source',
    query: 'prometheus',
    regex: name === undefined ? '' : `/^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/`,
    current: name === undefined ? {} : { text: name, value: name },
    hide: 0,
    refresh: 1,
    includeAll: false,
    multi: false,
  };
}

interface Box {
  readonly w: number;
  readonly h: number;
}

interface Placed {
  readonly key: string;
  readonly box: Box;
  readonly panel: Readonly<Record<string, unknown>>;
}

const half: Box = { w: 12, h: 8 };
const headings = { drift: 'Drift', performance: 'Performance', metrics: 'Metrics' } as const;

function panelsOf(plan: DashboardPlan): readonly object[] {
  const groups = (['drift', 'performance', 'metrics'] as const).flatMap((group) => {
    const panels = plan.panels.filter((panel) => panel.group === group);
    return panels.length === 0 ? [] : [heading(headings[group]), ...panels.map(chartPanel)];
  });
  return place([...summary(plan), ...groups, ...alertPanels(plan)]);
}

/** From left to right, then below; ids come from keys, so that a new panel renumbers no other. */
function place(panels: readonly Placed[]): readonly object[] {
  const taken = new Set<number>();
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map(({ key, box, panel }) => {
    if (x + box.w > columns) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const gridPos = { x, y, ...box };
    x += box.w;
    rowHeight = Math.max(rowHeight, box.h);
    return { id: freeId(key, taken), ...panel, gridPos };
  });
}

function freeId(key: string, taken: Set<number>): number {
  let id = Number.parseInt(sha256Of(key).slice(0, 7), 16) + 1;
  while (taken.has(id)) id += 1;
  taken.add(id);
  return id;
}

function heading(title: string): Placed {
  return {
    key: `row:${title}`,
    box: { w: columns, h: 1 },
    panel: { type: 'row', title, collapsed: false, panels: [] },
  };
}

/** How the last check ended, and how long ago: a check that no longer runs must not look like a good one. */
function summary({ monitor, panels }: DashboardPlan): Placed[] {
  if (!panels.some(({ group }) => group !== 'metrics')) return [];
  const age = `time() - ${selector(exported.checkedAt, { monitor })}`;
  const state = `${selector(exported.state, { monitor })} == 1`;
  return [
    {
      key: 'check:state',
      box: { w: 12, h: 4 },
      panel: statPanel('Last check', state, { legend: '{{state}}', textMode: 'name', unit: 'none' }),
    },
    {
      key: 'check:age',
      box: { w: 12, h: 4 },
      panel: statPanel('Time since the last check', age, { legend: '', textMode: 'value', unit: 's' }),
    },
  ];
}

interface StatStyle {
  readonly legend: string;
  readonly textMode: 'name' | 'value';
  readonly unit: string;
}

function statPanel(title: string, expr: string, { legend, textMode, unit }: StatStyle): Record<string, unknown> {
  return {
    type: 'stat',
    title,
    datasource,
    targets: [target({ expr, legend, instant: true }, 0)],
    fieldConfig: { defaults: { unit, noValue: 'No data' }, overrides: [] },
    options: {
      colorMode: 'none',
      graphMode: 'none',
      textMode,
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
}

function chartPanel(panel: PlannedPanel): Placed {
  const { id, title, description, queries, minimum, maximum, unit } = panel;
  const hasBounds = minimum !== null || maximum !== null;
  return {
    key: id,
    box: half,
    panel: {
      type: 'timeseries',
      title,
      description,
      datasource,
      targets: queries.map((query, index) => target({ ...query, instant: false }, index)),
      fieldConfig: {
        defaults: {
          ...(unit === null ? {} : { unit }),
          noValue: 'No data',
          custom: {
            lineWidth: 2,
            fillOpacity: 0,
            showPoints: 'auto',
            spanNulls: false,
            thresholdsStyle: { mode: hasBounds ? 'dashed+area' : 'off' },
          },
          thresholds: { mode: 'absolute', steps: thresholdSteps(minimum, maximum) },
        },
        overrides: [],
      },
      options: {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
    },
  };
}

/** Grafana's steps go upwards from the one without a value: green between the bounds, red outside of them. */
function thresholdSteps(minimum: number | null, maximum: number | null): readonly object[] {
  return [
    { color: minimum === null ? 'green' : 'red', value: null },
    ...(minimum === null ? [] : [{ color: 'green', value: minimum }]),
    ...(maximum === null ? [] : [{ color: 'red', value: maximum }]),
  ];
}

function target(query: { expr: string; legend: string; instant: boolean }, index: number): object {
  return {
    refId: refId(index),
    datasource,
    expr: query.expr,
    legendFormat: query.legend === '' ? '__auto' : query.legend,
    instant: query.instant,
    range: !query.instant,
  };
}

/** A, B, …, Z, AA, … */
function refId(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : refId(Math.floor(index / 26) - 1) + last;
}

function alertPanels({ monitor, alerts }: DashboardPlan): Placed[] {
  if (alerts.length === 0) return [];
  return [
    heading('Alerts'),
    {
      key: 'alerts:firing',
      box: half,
      panel: {
        type: 'alertlist',
        title: 'Alerts',
        options: {
          alertInstanceLabelFilter: `{monitor="${monitor}"}`,
          datasource: '$' + '{datasource}',
          groupMode: 'default',
          maxItems: 50,
          sortOrder: 1,
          stateFilter: { firing: true, pending: true, noData: true, normal: true, error: true },
          viewMode: 'list',
        },
      },
    },
    {
      key: 'alerts:list',
      box: half,
      panel: { type: 'text', title: 'What to do', options: { mode: 'markdown', content: alertsMarkdown(alerts) } },
    },
  ];
}

function alertsMarkdown(alerts: readonly PlannedAlert[]): string {
  const lines = alerts.map(({ name, when, severity, runbook }) => {
    const title = runbook === null ? plain(name) : `[${plain(name)}](<${runbook}>)`;
    return `| ${title} | ${severity} | ${plain(when)} |`;
  });
  return ['| Alert | Severity | Condition |', '| --- | --- | --- |', ...lines].join('\n');
}

/** Text that Markdown, HTML and Grafana's variables take for nothing else. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#!|$]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
