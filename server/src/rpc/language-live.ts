import type { Connection, InitializeParams } from 'vscode-languageserver/node';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import { knownValues, type TrackerValues as Told } from '#schemas/protocol/experiments.ts';
import { knownModels, modelsChanged } from '#schemas/protocol/models.ts';
import { connectionsChanged } from '#schemas/protocol/workspace.ts';
import type { ModelProvider } from '../language/meaning/registered-models.ts';
import { LiveCache } from '../language/providers/live-cache.ts';
import {
  type LiveKnowledge,
  nothingKnown,
  type RegisteredModel,
  type TrackerValues,
} from '../language/providers/ports.ts';
import { readLiveValues, writeLiveValues } from './live-values-file.ts';

/** Asks the backend process. */
export type AskBackend = (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;

export interface LanguageLive extends LiveKnowledge {
  /** For checks, which can't show how old something is. */
  readonly modelsKnown: ModelProvider & { readonly revision: number };
  configure(params: InitializeParams, trusted: boolean): void;
  trustChanged(trusted: boolean): void;
  /** The backend told the client something. */
  backendTold(method: string, params: unknown): void;
}

/** By folder. */
const bounds = {
  now: () => Date.now(),
  freshMs: 60_000,
  // The backend gives each tracker eight seconds, and may have to start first.
  timeoutMs: 15_000,
  backOffMs: { first: 5_000, longest: 300_000 },
  maxKeys: 20,
};

/**
 * Live knowledge from the backend, which the first place that asks for it starts; in an untrusted workspace there is
 * none. What trackers told is kept on disk for the next window.
 */
export function createLanguageLive(
  connection: Pick<Connection, 'console'>,
  askBackend: AskBackend,
  onNews: () => void,
): LanguageLive {
  let revision = 0;
  let folders: readonly string[] = [];
  let trusted = false;
  const debug = (message: string) => connection.console.debug(message);

  const trackers = new LiveCache<readonly TrackerValues[]>({
    ...bounds,
    load: async (folder, signal) => {
      const at = Date.now();
      const told = knownValues.result.parse(await askBackend(knownValues.method, { folder }, signal));
      if (told.trackers.length === 0 && told.failed > 0) throw new Error('No tracker answered.');
      if (!signal.aborted) keep(folder, { at, trackers: told.trackers });
      return told.trackers.map(fromWire);
    },
    onFailed: (_, error) =>
      debug(`Past runs tell no values: ${error instanceof Error ? error.message : String(error)}`),
  });
  const registries = new LiveCache<readonly RegisteredModel[]>({
    ...bounds,
    load: async (folder, signal) =>
      knownModels.result.parse(await askBackend(knownModels.method, { folder }, signal)).models,
    onChanged: () => {
      revision += 1;
      onNews();
    },
    onFailed: (_, error) =>
      debug(`The registry tells no models: ${error instanceof Error ? error.message : String(error)}`),
  });
  const keep = (folder: string, told: { at: number; trackers: readonly Told[] }) => {
    writeLiveValues(folder, told).catch((error: unknown) => debug(`What past runs tell is not kept: ${String(error)}`));
  };
  const restore = async (folder: string) => {
    const kept = await readLiveValues(folder);
    if (kept && trusted) trackers.restore(folder, kept.trackers.map(fromWire), kept.at);
  };
  const trustChanged = (now: boolean) => {
    if (now === trusted) return;
    trusted = now;
    if (!now) {
      trackers.clear();
      registries.clear();
    } else for (const folder of folders) void restore(folder);
  };
  /** The innermost folder of the window that a document is in. */
  const folderOf = (uri: string) =>
    folders.filter((folder) => uri.startsWith(`${folder.replace(/\/$/, '')}/`)).sort((a, b) => b.length - a.length)[0];

  const modelsOf = (uri: string) => {
    const folder = folderOf(uri);
    return trusted && folder !== undefined ? registries.get(folder) : nothingKnown.registry.models(uri);
  };

  return {
    ...nothingKnown,
    tracker: {
      trackerValues(uri) {
        const folder = folderOf(uri);
        return trusted && folder !== undefined ? trackers.get(folder) : nothingKnown.tracker.trackerValues(uri);
      },
    },
    registry: { models: modelsOf },
    modelsKnown: {
      models: (uri) => modelsOf(uri).known?.value ?? null,
      get revision() {
        return revision;
      },
    },
    configure({ workspaceFolders }, nowTrusted) {
      folders = (workspaceFolders ?? []).map(({ uri }) => uri).filter((uri) => uri.startsWith('file:'));
      trustChanged(nowTrusted);
    },
    trustChanged,
    backendTold(method, params) {
      if (method === modelsChanged.method) {
        const changed = modelsChanged.params.safeParse(params);
        if (changed.success) registries.invalidate(changed.data.folder);
        return;
      }
      // Other trackers may be configured now. New runs are no reason: they would come faster than answers.
      if (method !== connectionsChanged.method) return;
      const changed = connectionsChanged.params.safeParse(params);
      if (!changed.success) return;
      trackers.invalidate(changed.data.folder);
      registries.invalidate(changed.data.folder);
    },
  };
}

function fromWire({ metrics, ...told }: Told): TrackerValues {
  return {
    ...told,
    metrics: metrics.map(({ best, recent, ...metric }) => ({
      ...metric,
      best: best === null ? null : fromJsonNumber(best),
      recent: recent.map(fromJsonNumber),
    })),
  };
}
