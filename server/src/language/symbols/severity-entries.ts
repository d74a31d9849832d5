import type { UnitSymbols } from './symbol.ts';
import { UnitReader, type ViewEntry } from './view.ts';

/** The entries of `diagnostics.severity`, where a unit is that section of a Workspace document. */
export function severityEntries({ view }: Pick<UnitSymbols, 'view'>): ViewEntry[] {
  if (view.name !== 'diagnostics') return [];
  const reader = new UnitReader(view);
  const severity = reader.get(view.value, 'severity');
  return severity ? reader.entries(severity) : [];
}
