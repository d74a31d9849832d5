import { type Diagnostic, DiagnosticSeverity, workspace } from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { type DiagnosticSeverityChoice, settingsSection } from '../contributions/settings.ts';
import { diagnosticSeverity } from './settings.ts';

const mildest: Record<Exclude<DiagnosticSeverityChoice, 'asReported' | 'off'>, DiagnosticSeverity> = {
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Problems no graver than the person wants to see them (`mlops.diagnostics.severity`). */
export function softened<T extends Pick<Diagnostic, 'severity'>>(problems: T[], choice: DiagnosticSeverityChoice): T[] {
  if (choice === 'asReported') return problems;
  if (choice === 'off') return [];
  // VS Code counts from Error (0) to Hint (3).
  for (const problem of problems) problem.severity = Math.max(problem.severity, mildest[choice]);
  return problems;
}

/** Applies the setting to diagnostics, whichever way the server sends them. */
export function diagnosticsMiddleware(): Middleware {
  const choice = () => diagnosticSeverity((key) => workspace.getConfiguration(settingsSection).get(key));
  return {
    handleDiagnostics: (uri, problems, next) => next(uri, softened(problems, choice())),
    provideDiagnostics: async (document, previous, token, next) => {
      const report = await next(document, previous, token);
      if (report && 'items' in report) report.items = softened(report.items, choice());
      return report;
    },
  };
}
