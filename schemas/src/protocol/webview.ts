import { z } from 'zod';
import { runRef } from '../domain/run.ts';
import { describeDashboard, readDashboardChart } from './dashboards.ts';
import { checkDrift, driftColumnDetails, driftColumns, driftTarget, exportDrift } from './drift.ts';
import {
  compareRuns,
  exportTable,
  getRun,
  listArtifacts,
  markRuns,
  metricCurves,
  metricHistory,
  previewArtifact,
  tableColumns,
  tableWindow,
  trackerLink,
} from './experiments.ts';
import { auditFacets, compareVersions, exportAudit, fileChange, listAudit, verifyAudit } from './models.ts';
import { defineNotification, defineRequest, type RequestDefinition } from './request.ts';

/**
 * Panels speak JSON-RPC with their host over postMessage. These requests the host hands on to the backend after it
 * parsed them; anything else is refused.
 */
export const forwardedFromWebview: readonly RequestDefinition[] = [
  tableColumns,
  tableWindow,
  exportTable,
  markRuns,
  compareRuns,
  metricCurves,
  metricHistory,
  getRun,
  listArtifacts,
  previewArtifact,
  trackerLink,
  compareVersions,
  listAudit,
  auditFacets,
  verifyAudit,
  exportAudit,
  checkDrift,
  driftColumns,
  driftColumnDetails,
  exportDrift,
  describeDashboard,
  readDashboardChart,
];

/** Of those, the ones that take long: the host tells the page how far they are, by {@link panelProgress}. */
export const toldToWebview: ReadonlySet<RequestDefinition> = new Set<RequestDefinition>([checkDrift]);

/** Two versions of a model, the earlier first. */
const twoVersions = { model: z.string(), before: z.string(), after: z.string() };

/** What the host tells a panel to show; sent on `host/initialize` and again when the host wants something else shown. */
export const panelState = z.discriminatedUnion('panel', [
  z.object({
    panel: z.literal('runs'),
    folder: z.string(),
    tracker: z.string(),
    experimentIds: z.array(z.string()),
    title: z.string(),
  }),
  z.object({ panel: z.literal('compare'), folder: z.string(), runs: z.array(runRef) }),
  z.object({ panel: z.literal('run'), folder: z.string(), run: runRef }),
  z.object({ panel: z.literal('versions'), folder: z.string(), ...twoVersions }),
  z.object({
    panel: z.literal('audit'),
    folder: z.string(),
    /** A model or a version; null shows the whole log. */
    target: z.string().nullable(),
  }),
  z.object({
    panel: z.literal('drift'),
    folder: z.string(),
    target: driftTarget,
    /** What a person calls it: the monitor, or the two files. */
    title: z.string(),
  }),
  z.object({
    panel: z.literal('dashboard'),
    folder: z.string(),
    /** Absolute path of the Monitor document. */
    file: z.string(),
    /** `metadata.name`, where the file has several. */
    name: z.string().nullable(),
    title: z.string(),
  }),
]);
export type PanelState = z.infer<typeof panelState>;

/** The panel asks this first. `view` is what the panel itself saved last (sort, columns, zoom), unread by the host. */
export const panelInitialize = defineRequest('host/initialize', z.object({}), z.object({ state: panelState }));

export const openCompare = defineRequest(
  'host/openCompare',
  z.object({ folder: z.string(), runs: z.array(runRef).min(1) }),
  z.object({}),
);
export const openRun = defineRequest('host/openRun', z.object({ folder: z.string(), run: runRef }), z.object({}));
/** Opens one file of two versions in the editor’s own diff, or where only one has it (`change` says so), by itself. */
export const openFileDiff = defineRequest(
  'host/openFileDiff',
  z.object({ folder: z.string(), ...twoVersions, path: z.string(), change: fileChange }),
  z.object({}),
);
/** Shows what bringing a monitor’s dashboard to Grafana would change, and does it where the person agrees. */
export const openDashboardPush = defineRequest(
  'host/openDashboardPush',
  z.object({ file: z.string(), name: z.string().nullable() }),
  z.object({}),
);
export const openExternal = defineRequest('host/openExternal', z.object({ url: z.string() }), z.object({}));
export const copyText = defineRequest('host/copyText', z.object({ text: z.string() }), z.object({}));
/** Asks the person where to save, then downloads an artifact there. */
export const saveArtifact = defineRequest(
  'host/saveArtifact',
  z.object({ folder: z.string(), run: runRef, path: z.string() }),
  z.object({ saved: z.boolean() }),
);
/** Asks the person where to save; null where they turned away. The panel then calls `experiments/exportTable`, `models/exportAudit` or `drift/export`. */
export const pickSaveFile = defineRequest(
  'host/pickSaveFile',
  z.object({ suggestedName: z.string() }),
  z.object({ path: z.string().nullable() }),
);
/** Writes text or an image that the panel made (a chart as PNG or CSV) where the person says. */
export const saveFile = defineRequest(
  'host/saveFile',
  z.object({ suggestedName: z.string(), encoding: z.enum(['utf8', 'base64']), data: z.string() }),
  z.object({ saved: z.boolean() }),
);

/** The host tells the panel: show this (`state`), something changed (ask anew), or the backend went away and came back. */
export const panelShow = defineNotification('panel/show', z.object({ state: panelState }));
export const panelDataChanged = defineNotification(
  'panel/dataChanged',
  z.object({ tracker: z.string().nullable(), revision: z.number().nullable() }),
);
/** How far the newest request of a method is. */
export const panelProgress = defineNotification(
  'panel/progress',
  z.object({ method: z.string(), message: z.string(), percentage: z.number().nullable() }),
);
