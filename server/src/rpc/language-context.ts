import { type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { LanguageWorkspace } from '../language/language-workspace.ts';
import { FailureError } from '../platform/failure.ts';
import type { EcosystemFiles } from './language-ecosystem.ts';
import type { PythonFeatures } from './language-python.ts';

/** What the handlers of the language features share. */
export interface LanguageContext {
  readonly connection: Connection;
  readonly workspace: LanguageWorkspace;
  /** Other tools' YAML files. */
  readonly ecosystem: EcosystemFiles;
  readonly python: PythonFeatures;
  /** Runs one feature; where it fails, that is logged and the fallback answered. */
  readonly guarded: <T>(what: string, fallback: T, run: () => T) => T;
}

export function createGuard(connection: {
  readonly console: Pick<Connection['console'], 'error'>;
}): LanguageContext['guarded'] {
  return (what, fallback, run) => {
    try {
      return run();
    } catch (error) {
      if (error instanceof FailureError) throw new ResponseError(LSPErrorCodes.RequestFailed, error.message);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      connection.console.error(`${what} failed: ${text}`);
      return fallback;
    }
  };
}
