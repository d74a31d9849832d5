import * as protocol from '#schemas/protocol/dashboards.ts';
import { toGrafanaDashboard } from '../monitoring/dashboards/grafana-dashboard.ts';
import type { GrafanaServer } from '../monitoring/dashboards/grafana-server.ts';
import { planDashboard } from '../monitoring/dashboards/plan-dashboard.ts';
import { carryOutPush, planPush, requireSame } from '../monitoring/dashboards/push-dashboard.ts';
import { chartFromHistory, chartFromPrometheus, type ReadHistory } from '../monitoring/dashboards/read-chart.ts';
import { readMonitor } from '../monitoring/monitor-documents.ts';
import { FailureError } from '../platform/failure.ts';
import { withGrafana, withQueryRange } from '../workspace.ts';
import type { BackendContext } from './context.ts';
import { registerRequest } from './register.ts';

interface MonitorQuestion {
  readonly folder: string;
  readonly file: string;
  readonly name: string | null;
}

/**
 * Answers everything under `dashboards/`. `history` finds earlier checks: charts of drift and performance are drawn from
 * them; without it, from what checks exported to Prometheus.
 */
export function registerDashboardHandlers(
  context: BackendContext,
  { history }: { readonly history?: ReadHistory } = {},
): void {
  const read = async ({ folder, file, name }: MonitorQuestion) => {
    // Fails where the workspace is not trusted: nothing is read then.
    const workspace = await context.workspace(folder);
    const document = await readMonitor(file, name);
    return { workspace, document, plan: planDashboard(document, workspace.configuration.alerting) };
  };
  const planned = async (question: MonitorQuestion, grafana: GrafanaServer, signal: AbortSignal) => {
    const { workspace, document } = await read(question);
    const {
      name,
      alerting: { runbookBase },
    } = workspace.configuration;
    const dashboard = toGrafanaDashboard(document, { workspace: name, runbookBase });
    return planPush(grafana, { dashboard, folder: document.dashboard?.folder ?? null }, signal);
  };

  registerRequest(context, protocol.describeDashboard, async (question) => {
    const { monitor, title, description, panels, alerts } = (await read(question)).plan;
    return {
      ...{ monitor, title, description },
      charts: panels.map(({ queries: _, ...chart }) => chart),
      alerts: alerts.map((alert) => ({ ...alert, channels: [...alert.channels] })),
    };
  });
  registerRequest(
    context,
    protocol.readDashboardChart,
    async ({ chart: id, from, to, points, ...question }, request) => {
      const { workspace, plan } = await read(question);
      const panel = plan.panels.find((one) => one.id === id);
      if (!panel) throw new FailureError('not-found', 'The document no longer has that chart.', { remedy: 'Refresh.' });
      if (history && panel.group !== 'metrics') {
        const named = { file: question.file, name: plan.monitor };
        return chartFromHistory(panel, await history(named, { from, to }, request.signal));
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
