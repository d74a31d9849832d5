import type { Settings } from '#schemas/protocol/workspace.ts';
import type { ReadDocument } from './document.ts';
import { type Environment, readEnvironment, type Variables } from './environment.ts';
import { findStores, type Located, locate } from './locate.ts';
import { resolveConfiguration } from './resolve.ts';
import type { ResolvedConfiguration } from './resolved.ts';

export interface ReadOptions {
  /** Absolute. */
  readonly folder: string;
  /** The real environment. */
  readonly env: Variables;
  readonly settings: Settings;
  readonly explicitTracking: string | null;
}

export interface ReadConfiguration {
  readonly configuration: ResolvedConfiguration;
  readonly environment: Environment;
  readonly located: Located;
}

/** Reads all that configures a folder. Only for a trusted one: `.env` and the folder's stores are looked at. */
export async function readConfiguration(options: ReadOptions): Promise<ReadConfiguration> {
  const located = await locate(options.folder);
  // A tracker named on the command line leaves nothing to look for.
  const explicit = options.explicitTracking !== null;
  const [{ environment, warnings }, read, found] = await Promise.all([
    readEnvironment(options.env, located.environment),
    located.configuration === null
      ? { document: null, isBroken: false, warnings: [] }
      : readDocument(located.configuration),
    explicit ? [] : findStores(options.folder),
  ]);
  const configuration = resolveConfiguration({
    root: located.root,
    folder: options.folder,
    document: read.document,
    brokenFile: read.isBroken ? located.configuration : null,
    environment,
    settingsTrackingUri: options.settings.tracking.uri,
    explicitTracking: options.explicitTracking,
    found,
    warnings: [...warnings, ...read.warnings],
  });
  return { configuration, environment, located };
}

// Its library and schema are only loaded where there is a file.
async function readDocument(file: string): Promise<ReadDocument> {
  const { readWorkspaceDocument } = await import('./document.ts');
  return readWorkspaceDocument(file);
}
