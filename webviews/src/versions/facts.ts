import { formatBytes } from '#schemas/domain/bytes.ts';
import type { VersionComparison } from '#schemas/protocol/models.ts';
import { format } from '../shared/format.ts';

type Side = VersionComparison['before'];

/** What is known of two versions besides their files, in words; a line each. */
export interface Fact {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly differs: boolean;
}

const none = '–';

export function factsOf({ before, after }: Pick<VersionComparison, 'before' | 'after'>): Fact[] {
  const fact = (name: string, of: (side: Side) => string): Fact => {
    const [was, is] = [of(before), of(after)];
    return { name, before: was, after: is, differs: was !== is };
  };
  return [
    fact('Stage', ({ version }) => version.stage ?? none),
    fact('Aliases', ({ version }) => version.aliases.map((alias) => `@${alias}`).join(' ') || none),
    fact('Signed', ({ version }) => (version.signed ? 'yes' : 'no')),
    fact('Archived', ({ version }) => (version.archived ? 'yes' : 'no')),
    fact('Size', ({ version }) => formatBytes(version.size)),
    fact('Framework', ({ version }) => version.framework ?? none),
    fact('Licence', ({ metadata }) => metadata.licence ?? none),
    fact('Data sets', ({ metadata }) => metadata.dataSets.map(dataSetName).join(', ') || none),
    fact('Run', ({ metadata }) => (metadata.run ? `${metadata.run.tracker}/${metadata.run.runId}` : none)),
    fact('Made from', ({ metadata }) => metadata.parents.join(', ') || none),
    fact('Commit', ({ metadata }) => metadata.gitCommit?.slice(0, 12) ?? none),
    fact('Registered', ({ version }) => `${format.dateTime(version.createdAt)} by ${version.createdBy}`),
    fact('Digest', ({ version }) => version.manifestDigest?.slice(0, 16) ?? none),
  ];
}

function dataSetName({ name, digest }: Side['metadata']['dataSets'][number]): string {
  return digest === '' ? name : `${name} (${digest.slice(0, 12)})`;
}
