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
  const first = await server.request(listModels, { ...query, count: Math.min(count, window) });
  const models = [...first.models];
  while (models.length < Math.min(count, first.total)) {
    const rest = { start: models.length, count: Math.min(count - models.length, window) };
    const next = await server.request(listModels, { ...query, ...rest });
    // Fewer than there were: somebody deleted some meanwhile.
    if (next.models.length === 0) break;
    models.push(...next.models);
  }
  return { ...first, models };
}

/** The highest `count` versions of a model. */
export async function readVersions(
  server: Asked,
  query: RegistryFilter & { readonly folder: string; readonly model: string },
  count: number,
): Promise<VersionList> {
  const first = await server.request(listVersions, { ...query, count: Math.min(count, window) });
  const versions = [...first.versions];
  const approvals = [...first.approvals];
  while (versions.length < Math.min(count, first.total)) {
    const rest = { start: versions.length, count: Math.min(count - versions.length, window) };
    const next = await server.request(listVersions, { ...query, ...rest });
    if (next.versions.length === 0) break;
    versions.push(...next.versions);
    approvals.push(...next.approvals);
  }
  return { versions, total: first.total, approvals };
}
