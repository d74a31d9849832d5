import { z } from 'zod';
import { checkState, monitorReport } from '../domain/monitor-report.ts';
import { defineNotification, defineRequest } from './request.ts';
import { inFolder } from './workspace.ts';

const time = z.number().nullable();

/** Beside how a check ended: nothing was checked yet, it is checked right now, or the document can't be read. */
export const monitorState = z.enum([...checkState.options, 'never-checked', 'checking', 'invalid']);
export type MonitorState = z.infer<typeof monitorState>;

/** A Monitor document as the tree shows it before it is opened. */
export const monitorSummary = z.object({
  /** Relative to the root, with slashes. */
  file: z.string(),
  /** Null where the document says none that could be read. */
  name: z.string().nullable(),
  /** Of the document in its file, from 0. */
  line: z.int(),
  model: z.string().nullable(),
  schedule: z.string().nullable(),
  /** Unix milliseconds; null without a schedule, or where nobody runs it. */
  nextRun: time,
  state: monitorState,
  /** The state of the last check while another one runs; null where there was none. */
  lastState: checkState.nullable(),
  /** Unix milliseconds of the last check. */
  checkedAt: time,
  /** Why it is invalid or could not be checked, in one line. */
  reason: z.string().nullable(),
  /** Values of its main check, oldest first; null where there was none. */
  values: z.array(z.number().nullable()),
  hasDrift: z.boolean(),
});
export type MonitorSummary = z.infer<typeof monitorSummary>;

/** Who runs the schedules of a folder: this window, another one, nobody since it is switched off, or nobody can. */
export const scheduleRunner = z.object({
  state: z.enum(['here', 'elsewhere', 'off', 'failed', 'none']),
  /** Why nobody can. */
  reason: z.string().nullable(),
  timeZone: z.string(),
});
export type ScheduleRunner = z.infer<typeof scheduleRunner>;

/** Monitor documents of a folder by their files. The first question of a folder starts its schedules. */
export const listMonitors = defineRequest(
  'monitoring/list',
  inFolder.extend({ start: z.int().min(0).default(0), count: z.int().min(0).max(500).default(200) }),
  z.object({
    /** Where their files are relative to, as a URI: the folder of the `mlops.yaml` that holds for the folder. */
    root: z.string(),
    monitors: z.array(monitorSummary),
    total: z.number(),
    /** Of all monitors. */
    outOfBounds: z.number(),
    runner: scheduleRunner,
  }),
);

const ofMonitor = inFolder.extend({ file: z.string(), name: z.string() });

/** The last report of a monitor without the whole comparison; null where there is none. */
export const monitorDetails = monitorReport.omit({ drift: true }).extend({
  /** Checks that are left out: there are too many. */
  left: z.number(),
});
export type MonitorDetails = z.infer<typeof monitorDetails>;
export const getMonitor = defineRequest('monitoring/get', ofMonitor, z.object({ report: monitorDetails.nullable() }));

/** Checks a monitor now; reports work-done progress. Where it is just being checked, that check is waited for. */
export const checkMonitor = defineRequest('monitoring/check', ofMonitor, z.object({ state: checkState }));

/** Files that may hold Monitor documents came, went or changed. */
export const monitorFilesChanged = defineNotification('monitoring/filesChanged', inFolder);

/** Monitors, their states or who runs their schedules may be others now. */
export const monitorsChanged = defineNotification('monitoring/changed', inFolder.extend({ revision: z.number() }));
