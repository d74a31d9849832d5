import { isDeepStrictEqual } from 'node:util';
import type { DashboardChange } from '#schemas/domain/dashboard.ts';

type Content = Readonly<Record<string, unknown>>;

/** What of a dashboard would change, panel by panel, then its other keys; empty where nothing would. */
export function changesOf(before: Content | null, after: Content): DashboardChange[] {
  const [old, young] = [panelsOf(before ?? {}), panelsOf(after)];
  const panels = [...new Set([...young.keys(), ...old.keys()])].flatMap((id): DashboardChange[] => {
    const [was, is] = [old.get(id), young.get(id)];
    const name = titleOf(is ?? was ?? {});
    if (was === undefined) return [{ kind: 'panel', name, change: 'added', keys: [] }];
    if (is === undefined) return [{ kind: 'panel', name, change: 'removed', keys: [] }];
    const keys = changedKeys(was, is);
    return keys.length === 0 ? [] : [{ kind: 'panel', name, change: 'changed', keys }];
  });
  const rest = changedKeys({ ...before, panels: [] }, { ...after, panels: [] });
  const others = rest.map((name): DashboardChange => {
    const change = before === null || !(name in before) ? 'added' : name in after ? 'changed' : 'removed';
    return { kind: 'setting', name, change, keys: [] };
  });
  return [...panels, ...(before === null ? [] : others)];
}

/** By their ids; where one has none or one that is taken, by their place. Panels inside a collapsed row are its own. */
function panelsOf({ panels }: Content): Map<string, Content> {
  const found = new Map<string, Content>();
  for (const [index, panel] of (Array.isArray(panels) ? panels : []).entries()) {
    if (!isContent(panel)) continue;
    const id = typeof panel.id === 'number' ? `id ${panel.id}` : '';
    found.set(id === '' || found.has(id) ? `at ${index}` : id, panel);
  }
  return found;
}

function changedKeys(before: Content, after: Content): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key])).toSorted();
}

function titleOf({ title, type, id }: Content): string {
  if (typeof title === 'string' && title !== '') return title;
  return `${typeof type === 'string' ? type : 'panel'} ${String(id)}`;
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
