import type { WorkspaceIndex } from '../symbols/workspace-index.ts';
import { type Range, rangeOfSpan } from './symbol-at.ts';

/** A place in a Monitor document from which what it watches can be shown. */
export interface MonitorLens {
  readonly range: Range;
  /** `metadata.name`; null where it has none yet. */
  readonly monitor: string | null;
}

/** Above the drift section of each Monitor document of a file. */
export function monitorLenses(index: WorkspaceIndex, uri: string): MonitorLens[] {
  const file = index.get(uri);
  if (!file) return [];
  return file.symbols.documents.flatMap((document) => {
    if (document.kind !== 'Monitor') return [];
    const unit = document.units.find(({ name, section }) => name === 'drift' && section === null);
    return unit ? [{ range: rangeOfSpan(file, unit, unit.symbols.view.key), monitor: document.name }] : [];
  });
}

const drawn = ['drift', 'performance', 'metrics'];

/** Above the first section of each Monitor document that a dashboard draws. */
export function dashboardLenses(index: WorkspaceIndex, uri: string): MonitorLens[] {
  const file = index.get(uri);
  if (!file) return [];
  return file.symbols.documents.flatMap((document) => {
    if (document.kind !== 'Monitor') return [];
    const unit = document.units.find(({ name, section }) => section === null && drawn.includes(name));
    return unit ? [{ range: rangeOfSpan(file, unit, unit.symbols.view.key), monitor: document.name }] : [];
  });
}
