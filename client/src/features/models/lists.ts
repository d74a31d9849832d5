import type { ApprovalCount } from '#schemas/domain/approval.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { listModels, listVersions, type ModelSummary, type RegistryInfo } from '#schemas/protocol/models.ts';
import type { Server } from '../../platform/server-connection.ts';

type Asked = Pick<Server, 'request'>;

/** What a person wants to see of a registry. */
export interface RegistryFilter {
  /** Words that all have to be there; empty is everything. */
  readonly text: string;
  readonly archived: boolean;
}

export interface ModelList {
  readonly models: readonly ModelSummary[];
  readonly total: number;
  readonly registry: RegistryInfo;
}

export interface VersionList {
  readonly versions: readonly ModelVersion[];
  readonly total: number;
  /** Of these versions, where approvals were asked for or given. */
  readonly approvals: readonly ApprovalCount[];
}

/** Most of a list that one answer holds. */
const window = 500;

/** The first `count` models of a folder’s registry. */
export async function readModels(
  server: Asked,
  query: RegistryFilter & { readonly folder: string },
  count: number,
): Promise<ModelList> {
  const ask = (part: Window) => server.request(listModels, { ...query, ...part });
  const { first, all } = await readWindows(ask, ({ models }) => models.length, count);
  return { ...first, models: all.flatMap(({ models }) => models) };
}

/** The highest `count` versions of a model. */
export async function readVersions(
  server: Asked,
  query: RegistryFilter & { readonly folder: string; readonly model: string },
  count: number,
): Promise<VersionList> {
  const ask = (part: Window) => server.request(listVersions, { ...query, ...part });
  const { first, all } = await readWindows(ask, ({ versions }) => versions.length, count);
  return {
    versions: all.flatMap(({ versions }) => versions),
    total: first.total,
    approvals: all.flatMap(({ approvals }) => approvals),
  };
}

interface Window {
  readonly start: number;
  readonly count: number;
}

/** Asks for the first `count` of a list in as many parts as it takes. */
async function readWindows<T extends { readonly total: number }>(
  ask: (part: Window) => Promise<T>,
  lengthOf: (answer: T) => number,
  count: number,
): Promise<{ first: T; all: readonly T[] }> {
  const first = await ask({ start: 0, count: Math.min(count, window) });
  const all = [first];
  let read = lengthOf(first);
  while (read < Math.min(count, first.total)) {
    const next = await ask({ start: read, count: Math.min(count - read, window) });
    // Fewer than there were: somebody deleted some meanwhile.
    if (lengthOf(next) === 0) break;
    all.push(next);
    read += lengthOf(next);
  }
  return { first, all };
}
