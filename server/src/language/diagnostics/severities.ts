import { type SeverityChoice, severityChoice } from '#schemas/config/severity.ts';
import { severityEntries } from '../symbols/severity-entries.ts';
import { textOf } from '../symbols/view.ts';
import type { WorkspaceIndex } from '../symbols/workspace-index.ts';
import { type Diagnostic, diagnosticCodes, type Severity } from './diagnostic.ts';

/** Severities by code; `*` is the gravest that any may have. */
export type Severities = ReadonlyMap<string, SeverityChoice>;

const order: readonly Severity[] = ['hint', 'information', 'warning', 'error'];

/** The diagnostics with the severities that people chose for their codes, without those that are off. */
export function withSeverities(diagnostics: readonly Diagnostic[], severities: Severities): readonly Diagnostic[] {
  if (severities.size === 0 || diagnostics.length === 0) return diagnostics;
  return diagnostics.flatMap((diagnostic) => {
    const severity = severityOf(diagnostic, severities);
    if (severity === 'off') return [];
    return severity === diagnostic.severity ? [diagnostic] : [{ ...diagnostic, severity }];
  });
}

function severityOf({ code, severity }: Diagnostic, severities: Severities): SeverityChoice {
  const own = severities.get(code);
  if (own !== undefined) return own;
  const most = severities.get('*') ?? 'error';
  return most === 'off' || order.indexOf(most) < order.indexOf(severity) ? most : severity;
}

/** What the Workspace documents above a file say, the nearest last, and then what the person's settings say. */
export function severitiesFor(uri: string, index: WorkspaceIndex, settings: Severities): Severities {
  const found = new Map<string, SeverityChoice>();
  const workspaces = index.workspacesFor(uri).toSorted((a, b) => depth(a.file.uri) - depth(b.file.uri));
  for (const { document } of workspaces) {
    for (const unit of document.units) {
      for (const { name, value } of severityEntries(unit.symbols)) {
        const choice = severityChoice.safeParse(textOf(value));
        if (choice.success) found.set(name, choice.data);
      }
    }
  }
  for (const [code, choice] of settings) found.set(code, choice);
  return found;
}

function depth(uri: string): number {
  return uri.split('/').length;
}

/** Whether a name is a code that a diagnostic can have, or `*`. */
export function isCode(name: string): boolean {
  return name === '*' || Object.hasOwn(diagnosticCodes, name);
}
