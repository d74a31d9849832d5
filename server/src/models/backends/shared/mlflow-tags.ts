/** Tags of MLflow versions that carry what MLflow has no field for. People with edit rights can set them too. */
export const versionTag = {
  semver: 'mlops.semver',
  /** Empty: in no stage, whatever MLflow's own stage says. */
  stage: 'mlops.stage',
  archived: 'mlops.archived',
  manifest: 'mlops.manifest_digest',
  root: 'mlops.root_digest',
  size: 'mlops.size',
  files: 'mlops.files',
  framework: 'mlops.framework',
  licence: 'mlops.licence',
  author: 'mlops.author',
  /** SHA-256 of a document of the server's artifacts: files and metadata. */
  evidence: 'mlops.evidence',
  /** SHA-256 of the sigstore bundle, likewise. */
  bundle: 'mlops.bundle',
} as const;

const ownPrefix = 'mlops.';
const reportPrefix = 'mlops.report.';

export function reportTag(digest: string): string {
  return `${reportPrefix}${digest}`;
}

/** The digest that a report's tag names; null for another tag. */
export function reportOfTag(key: string): string | null {
  const digest = key.startsWith(reportPrefix) ? key.slice(reportPrefix.length) : '';
  return /^[0-9a-f]{64}$/.test(digest) ? digest : null;
}

/** Whether a tag is this program's or MLflow's own, and so none that a person gave. */
export function isInternalTag(key: string): boolean {
  return key.startsWith(ownPrefix) || key.startsWith('mlflow.');
}

const deletedPrefix = 'mlops.deleted.';

/** A tag of the model that keeps the number of a deleted version taken. */
export function deletedTag(version: string): string {
  return `${deletedPrefix}${version}`;
}

export function deletedVersions(tags: ReadonlyMap<string, string>): string[] {
  return [...tags.keys()].filter((key) => key.startsWith(deletedPrefix)).map((key) => key.slice(deletedPrefix.length));
}

/** A tag of a model with the last entry of an audit log that somebody noted. */
export function auditTag(log: string): string {
  return `mlops.audit.${log.replaceAll(/[^\w.-]/g, '.')}`;
}

/** A tag of the model that says that an approval was used. */
export function consumedTag(nonce: string): string {
  return `mlops.consumed.${nonce}`;
}
