import { type AuditEntry, auditEntry } from '#schemas/domain/audit.ts';
import type { AuditLog } from './audit-log.ts';

/** Which entries of an audit log somebody wants to see; null is any. */
export interface AuditQuery {
  readonly actor: string | null;
  readonly action: string | null;
  /** A model with all its versions, or a version. */
  readonly target: string | null;
  /** Unix milliseconds, both included. */
  readonly since: number | null;
  readonly until: number | null;
  /** Words that all have to be in an entry. */
  readonly text: string;
}

/** A list to choose from holds no more: who looks for another one types it. */
const mostNames = 2_000;

export const everything: AuditQuery = { actor: null, action: null, target: null, since: null, until: null, text: '' };

/** Entries that fit, oldest first. What is no entry is passed over: verifying the log tells of it. */
export function queryAudit(log: AuditLog, query: AuditQuery): AuditEntry[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: AuditEntry[] = [];
  for (const entry of readableEntries(log)) if (fits(entry, query, words)) found.push(entry);
  return found;
}

function* readableEntries(log: AuditLog): Generator<AuditEntry, void> {
  for (const raw of log.entries()) {
    const parsed = auditEntry.safeParse(raw);
    if (parsed.success) yield parsed.data;
  }
}

/** The model that an entry’s target is, or is a version of. */
export function modelOf(target: string): string {
  return target.split('@', 1)[0] ?? '';
}

/** Whether an entry is about a model, any of its versions among them, or about one version. */
export function isAbout(entry: AuditEntry, target: string): boolean {
  return entry.target === target || entry.target.startsWith(`${target}@`);
}

/** Who, what and which models are in a log, each by name. */
export function auditFacets(log: AuditLog): { actors: string[]; actions: string[]; models: string[] } {
  const [actors, actions, models] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const entry of readableEntries(log)) {
    actors.add(entry.actor);
    actions.add(entry.action);
    models.add(modelOf(entry.target));
  }
  const named = (names: ReadonlySet<string>) => [...names].sort().slice(0, mostNames);
  return { actors: named(actors), actions: named(actions), models: named(models) };
}

function fits(entry: AuditEntry, query: AuditQuery, words: readonly string[]): boolean {
  const { actor, action, target, since, until } = query;
  if (actor !== null && entry.actor !== actor) return false;
  if (action !== null && entry.action !== action) return false;
  if (target !== null && !isAbout(entry, target)) return false;
  if (since !== null && entry.time < since) return false;
  if (until !== null && entry.time > until) return false;
  if (words.length === 0) return true;
  const text = JSON.stringify(entry).toLowerCase();
  return words.every((word) => text.includes(word));
}
