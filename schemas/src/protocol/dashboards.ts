import { z } from 'zod';
import { dashboardPush } from '../domain/dashboard.ts';
import { jsonNumber } from '../domain/number.ts';
import { defineRequest } from './request.ts';

/** A Monitor document. */
const monitor = {
  folder: z.string(),
  /** Absolute path. */
  file: z.string().min(1),
  /** `metadata.name`, where the file has several. */
  name: z.string().nullable(),
};

/** One chart of a dashboard, as the Grafana dashboard has it. */
export const dashboardChart = z.object({
  id: z.string(),
  group: z.enum(['drift', 'performance', 'metrics']),
  title: z.string(),
  description: z.string(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  unit: z.string().nullable(),
});
export type DashboardChart = z.infer<typeof dashboardChart>;

export const dashboardAlert = z.object({
  name: z.string(),
  when: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  channels: z.array(z.string()),
  runbook: z.string().nullable(),
});
export type DashboardAlert = z.infer<typeof dashboardAlert>;

/** What the dashboard of a monitor has; nothing connects for it. */
export const describeDashboard = defineRequest(
  'dashboards/describe',
  z.object(monitor),
  z.object({
    monitor: z.string(),
    title: z.string(),
    description: z.string(),
    charts: z.array(dashboardChart),
    alerts: z.array(dashboardAlert),
  }),
);
export type DashboardDescription = z.infer<typeof describeDashboard.result>;

export const dashboardSeries = z.object({
  name: z.string(),
  /** Unix milliseconds, rising. */
  x: z.array(z.number()),
  y: z.array(jsonNumber),
});
export type DashboardSeries = z.infer<typeof dashboardSeries>;

/** Reads one chart over a time; fails where that can't be done, with the reason. */
export const readDashboardChart = defineRequest(
  'dashboards/chart',
  z.object({
    ...monitor,
    chart: z.string(),
    /** Unix milliseconds. */
    from: z.number(),
    to: z.number(),
    points: z.int().min(2).max(2_500),
  }),
  z.object({
    series: z.array(dashboardSeries),
    /** Of which there are more than are sent. */
    left: z.int(),
    /** Milliseconds between two points of a query; null where the points are checks. */
    step: z.number().nullable(),
    warnings: z.array(z.string()),
  }),
);
export type DashboardChartData = z.infer<typeof readDashboardChart.result>;

/** What bringing the dashboard to Grafana would do; changes nothing. */
export const planDashboardPush = defineRequest('dashboards/planPush', z.object(monitor), dashboardPush);

/** Does what was planned. Fails with `busy` where anything changed since. */
export const pushDashboard = defineRequest(
  'dashboards/push',
  z.object({
    ...monitor,
    /** `digest` of the plan that a person agreed to. */
    seen: z.string(),
  }),
  z.object({ url: z.string(), version: z.int() }),
);
