import * as protocol from '#schemas/protocol/dashboards.ts';
import { toGrafanaDashboard } from '../monitoring/dashboards/grafana-dashboard.ts';
import type { GrafanaServer } from '../monitoring/dashboards/grafana-server.ts';
import { planDashboard } from '../monitoring/dashboards/plan-dashboard.ts';
import { carryOutPush, planPush, requireSame } from '../monitoring/dashboards/push-dashboard.ts';
import { chartFromHistory, chartFromPrometheus } from '../monitoring/dashboards/read-chart.ts';
import { readMonitor } from '../monitoring/monitor-documents.ts';
import { FailureError } from '../platform/failure.ts';
import { withGrafana, withQueryRange } from '../workspace.ts';
import type { BackendContext } from './context.ts';
import type { Histories } from './histories.ts';
import { registerRequest } from './register.ts';

/** A check that is older says nothing of now. */
const longestPast = 30 * 86_400_000;

interface MonitorQuestion {
  readonly folder: string;
  readonly file: string;
  readonly name: string | null;
}

/** Answers everything under `dashboards/`. Charts of drift and performance are of this folder’s checks, if any. */
export function registerDashboardHandlers(context: BackendContext, histories: Histories): void {
  const read = async ({ folder, file, name }: MonitorQuestion) => {
    // Fails where the workspace is not trusted: nothing is read then.
    const workspace = await context.workspace(folder);
    const document = await readMonitor(file, name);
    return { workspace, document, plan: planDashboard(document, workspace.configuration.alerting) };
  };
  const planned = async (question: MonitorQuestion, grafana: GrafanaServer, signal: AbortSignal) => {
    const { workspace, document } = await read(question);
    const { name, alerting } = workspace.configuration;
    const { runbookBase } = alerting;
    const dashboard = toGrafanaDashboard(document, { workspace: name, runbookBase });
    return planPush(grafana, { dashboard, folder: document.dashboard?.folder ?? null }, signal);
  };

  const lastCheck = async (folder: string, file: string, name: string) => {
    const { history, key } = await histories.of(folder, { file, name });
    const last = history.latest(key);
    return last !== null && last.at >= Date.now() - longestPast ? last : null;
  };

  registerRequest(context, protocol.describeDashboard, async (question) => {
    const { monitor, title, description, panels, alerts } = (await read(question)).plan;
    const last = await lastCheck(question.folder, question.file, monitor);
    return {
      ...{ monitor, title, description },
      charts: panels.map(({ queries: _, ...chart }) => chart),
      alerts: alerts.map((alert) => ({
        ...{ ...alert, channels: [...alert.channels] },
        statuses: last === null ? null : last.alerts.filter(({ name }) => name === alert.name),
      })),
      lastCheck: last && { at: last.at, state: last.state },
    };
  });
  registerRequest(
    context,
    protocol.readDashboardChart,
    async ({ chart: id, from, to, points, ...question }, request) => {
      const { workspace, plan } = await read(question);
      const panel = plan.panels.find((one) => one.id === id);
      if (!panel) throw new FailureError('not-found', 'The document no longer has that chart.', { remedy: 'Refresh.' });
      if (panel.group !== 'metrics') {
        const { history, key } = await histories.of(question.folder, { file: question.file, name: plan.monitor });
        // Where nothing was checked here, others may have, and exported what they found.
        if (history.latest(key) !== null) return chartFromHistory(panel, history.reports(key, { from, to }));
      }
      const range = { from, to, points };
      return withQueryRange(workspace, (queryRange) => chartFromPrometheus(panel, range, queryRange, request.signal));
    },
  );
  registerRequest(context, protocol.planDashboardPush, async (question, { signal }) => {
    const workspace = await context.workspace(question.folder);
    return withGrafana(workspace, async (grafana) => (await planned(question, grafana, signal)).push);
  });
  registerRequest(context, protocol.pushDashboard, async ({ seen, ...question }, { signal }) => {
    const workspace = await context.workspace(question.folder);
    return withGrafana(workspace, async (grafana) => {
      const push = await planned(question, grafana, signal);
      requireSame(push, seen);
      return carryOutPush(grafana, push, signal);
    });
  });
}
