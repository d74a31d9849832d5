import type { Failure } from '#schemas/domain/failure.ts';
import type { AlertStatus, MonitorCheck } from '#schemas/domain/monitor-report.ts';
import type { MonitorSummary, ScheduleRunner } from '#schemas/protocol/monitoring.ts';

/** What the Monitors view is made of. A node's id never changes; its data does. */
export interface MonitorFolderNode {
  readonly kind: 'folder';
  readonly id: string;
  readonly folder: string;
  readonly name: string;
}

export interface MonitorItemNode {
  readonly kind: 'monitor';
  readonly id: string;
  readonly folder: string;
  /** URI that its file is relative to. */
  readonly root: string;
  readonly monitor: MonitorSummary;
  readonly runner: ScheduleRunner;
}

/** Checks of one kind. */
export interface CheckGroupNode {
  readonly kind: 'checks';
  readonly id: string;
  readonly of: MonitorCheck['kind'];
  readonly checks: readonly MonitorCheck[];
}

export interface AlertGroupNode {
  readonly kind: 'alerts';
  readonly id: string;
  readonly alerts: readonly AlertStatus[];
}

export interface CheckNode {
  readonly kind: 'check';
  readonly id: string;
  readonly check: MonitorCheck;
}

export interface AlertNode {
  readonly kind: 'alert';
  readonly id: string;
  readonly alert: AlertStatus;
}

export interface MoreMonitorsNode {
  readonly kind: 'more';
  readonly id: string;
  /** Of the folder whose list goes on. */
  readonly parentId: string;
  readonly shown: number;
  readonly total: number;
}

export interface MonitorErrorNode {
  readonly kind: 'error';
  readonly id: string;
  readonly folder: string;
  readonly failure: Failure;
}

export type MonitorNote =
  | { readonly what: 'noMonitors' | 'notChecked' }
  | { readonly what: 'left'; readonly count: number }
  | { readonly what: 'schedules'; readonly reason: string };

export interface MonitorNoteNode {
  readonly kind: 'note';
  readonly id: string;
  readonly note: MonitorNote;
}

export type MonitorNode =
  | MonitorFolderNode
  | MonitorItemNode
  | CheckGroupNode
  | AlertGroupNode
  | CheckNode
  | AlertNode
  | MoreMonitorsNode
  | MonitorErrorNode
  | MonitorNoteNode;

const separator = '\u001f';
const join = (...parts: string[]) => parts.join(separator);

export const monitorIds = {
  folder: (folder: string) => join('monitors', folder),
  monitor: (folder: string, { file, name, line }: MonitorSummary) =>
    join('monitor', folder, file, ...(name === null ? [`${line}`] : [name, ''])),
  /** Several of one name differ by their labels; should those be the same, by their place. */
  below: (parentId: string, kind: string, name: string, place = 0) => join(kind, parentId, name, `${place}`),
  more: (parentId: string) => join('more', parentId),
  error: (parentId: string) => join('error', parentId),
  note: (parentId: string, what: string) => join('note', parentId, what),
};
