import { type ModelVersion, semanticVersion, sha256 } from '#schemas/domain/model-version.ts';
import { versionSortKey } from '../../version-order.ts';
import type { MlflowModelRecord, MlflowVersionRecord } from './mlflow-records.ts';
import { versionTag } from './mlflow-tags.ts';

/** A version with what MLflow keeps of it. */
export interface MlflowVersion {
  readonly record: MlflowVersionRecord;
  readonly version: ModelVersion;
}

/** A model of MLflow as this program sees it. */
export interface MlflowModel {
  readonly record: MlflowModelRecord;
  /** From the highest down. */
  readonly versions: readonly MlflowVersion[];
  /** Versions by aliases, by name. */
  readonly aliases: ReadonlyMap<string, string>;
}

const derived = /^0\.0\.0-mlflow\.(?:0|[1-9]\d*)$/;

/**
 * The name of a version that says none itself, or none that it alone has: a pre-release below every release, so that no
 * range and no `latest` takes it for a version that somebody declared.
 */
export function derivedVersion(number: number): string {
  return `0.0.0-mlflow.${number}`;
}

export function isDerived(version: string): boolean {
  return derived.test(version);
}

/** Gives each version its name, stage and aliases. */
export function readModel(record: MlflowModelRecord): MlflowModel {
  const names = versionNames(record.versions);
  const nameOf = ({ number }: MlflowVersionRecord): string => names.get(number) ?? derivedVersion(number);
  const aliases = new Map<string, string>();
  const ofVersion = new Map<number, string[]>();
  for (const [alias, number] of [...record.aliases].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // An alias of a version that is gone points nowhere.
    const name = names.get(number);
    if (name === undefined) continue;
    aliases.set(alias, name);
    ofVersion.set(number, [...(ofVersion.get(number) ?? []), alias]);
  }
  const versions = record.versions
    .map((one) => ({ record: one, version: toVersion(record.name, nameOf(one), one, ofVersion.get(one.number) ?? []) }))
    .map((one) => ({ ...one, key: versionSortKey(one.version.version) }))
    .sort((a, b) => (a.key < b.key ? 1 : -1))
    .map(({ key: _, ...one }) => one);
  return { record, versions, aliases };
}

// Nothing keeps two from declaring the same: the first that did not fail has it, so that racing writers agree on who.
function versionNames(records: readonly MlflowVersionRecord[]): Map<number, string> {
  const failed = ({ status }: MlflowVersionRecord) => Number(status === 'FAILED_REGISTRATION');
  const taken = new Set<string>();
  const names = new Map<number, string>();
  for (const record of [...records].sort((a, b) => failed(a) - failed(b) || a.number - b.number)) {
    const declared = semanticVersion.safeParse(record.tags.get(versionTag.semver)).data;
    const free = declared !== undefined && !isDerived(declared) && !taken.has(declared);
    const name = free ? declared : derivedVersion(record.number);
    taken.add(name);
    names.set(record.number, name);
  }
  return names;
}

function toVersion(model: string, version: string, record: MlflowVersionRecord, aliases: string[]): ModelVersion {
  const { tags, status } = record;
  return {
    model,
    version,
    ...stageOf(record),
    aliases,
    manifestDigest: digest(tags.get(versionTag.manifest)),
    rootDigest: digest(tags.get(versionTag.root)),
    size: count(tags.get(versionTag.size)),
    fileCount: count(tags.get(versionTag.files)),
    signed: tags.has(versionTag.bundle),
    createdAt: record.createdAt,
    createdBy: tags.get(versionTag.author) ?? record.userId ?? '',
    framework: tags.get(versionTag.framework) || null,
    ...(status === 'READY' ? {} : { state: status === 'FAILED_REGISTRATION' ? 'failed' : 'pending' }),
  };
}

function stageOf({ tags, currentStage }: MlflowVersionRecord): Pick<ModelVersion, 'stage' | 'archived'> {
  const own = currentStage.toLowerCase();
  const archived = tags.get(versionTag.archived);
  return {
    stage: (tags.get(versionTag.stage) ?? (own === 'none' || own === 'archived' ? '' : own)) || null,
    archived: archived === undefined ? own === 'archived' : archived === 'true',
  };
}

function digest(text: string | undefined): string | null {
  return sha256.safeParse(text).data ?? null;
}

function count(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
