import type { DashboardPush } from '#schemas/domain/dashboard.ts';
import { digestOfJson } from '../../platform/canonical-json.ts';
import { FailureError } from '../../platform/failure.ts';
import { changesOf } from './dashboard-changes.ts';
import { dashboardText, type GrafanaDashboard } from './grafana-dashboard.ts';
import type { GrafanaServer, StoredDashboard } from './grafana-server.ts';

export interface PushRequest {
  readonly dashboard: GrafanaDashboard;
  /** `dashboard.folder` of the document; null leaves a dashboard where it is, and a new one at the top. */
  readonly folder: string | null;
}

/** What was looked at, and what it is carried out by. */
export interface PlannedPush {
  readonly push: DashboardPush;
  readonly dashboard: GrafanaDashboard;
  /** 0 for a new dashboard. */
  readonly version: number;
  readonly folderUid: string | null;
}

/** Looks what is on the server and what would change; changes nothing. Fails as {@link GrafanaServer} does. */
export async function planPush(
  grafana: GrafanaServer,
  { dashboard, folder }: PushRequest,
  signal?: AbortSignal,
): Promise<PlannedPush> {
  const stored = await grafana.dashboard(dashboard.uid, signal);
  const found = folder === null ? null : await grafana.findFolder(folder, signal);
  const changes = changesOf(stored?.content ?? null, dashboard);
  const place = folder === null ? null : { title: folder, action: folderAction(folder, stored, found !== null) };
  const isSame = changes.length === 0 && (place === null || place.action === 'keep');
  const action = stored === null ? 'create' : isSame ? 'none' : 'update';
  const shown = {
    server: grafana.url,
    url: `${grafana.url}/d/${dashboard.uid}`,
    uid: dashboard.uid,
    title: dashboard.title,
    action,
    folder: place,
    changes,
    before: stored === null ? null : dashboardText(stored.content),
    after: dashboardText(dashboard),
    problems: problemsOf(stored),
  } as const;
  const version = stored?.version ?? 0;
  const { digest } = digestOfJson({ ...shown, version });
  const folderUid = folder === null ? (stored?.folderUid ?? null) : (found?.uid ?? null);
  return { push: { ...shown, problems: [...shown.problems], digest }, dashboard, version, folderUid };
}

/** Brings to the server what was planned. Nothing is changed where somebody else changed the dashboard since. */
export async function carryOutPush(
  grafana: GrafanaServer,
  { push, dashboard, version, folderUid }: PlannedPush,
  signal?: AbortSignal,
): Promise<{ readonly url: string; readonly version: number }> {
  const [problem] = push.problems;
  if (problem !== undefined) throw new FailureError('unsupported', problem);
  if (push.action === 'none') return { url: push.url, version };
  const { folder } = push;
  const isNew = folder !== null && folderUid === null;
  const uid = isNew ? (await grafana.createFolder(folder.title, signal)).uid : folderUid;
  const message = 'Made from its Monitor document by MLOps Workbench';
  return grafana.save({ content: dashboard, version, folderUid: uid, message }, signal);
}

/** Holds what is there now to what a person agreed to. */
export function requireSame({ push }: PlannedPush, seen: string): void {
  if (push.digest === seen) return;
  throw new FailureError('busy', 'The dashboard, its document or Grafana changed since the difference was shown.', {
    remedy: 'Look at the difference again.',
  });
}

type Place = NonNullable<DashboardPush['folder']>['action'];

function folderAction(title: string, stored: StoredDashboard | null, isThere: boolean): Place {
  if (!isThere) return 'create';
  return stored === null || stored.folder === title ? 'keep' : 'move';
}

function problemsOf(stored: StoredDashboard | null): readonly string[] {
  if (!stored?.isProvisioned) return [];
  return ['A file on the Grafana server makes this dashboard: change it there, Grafana refuses it by its API.'];
}
