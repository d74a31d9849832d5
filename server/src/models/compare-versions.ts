import type { IoSignature, ModelFile, ModelVersionDetails } from '#schemas/domain/model-version.ts';
import type { VersionComparison } from '#schemas/protocol/models.ts';
import { compareSignatures } from './artifact/signature-diff.ts';
import { cardHtml } from './card-html.ts';

type Difference = VersionComparison['metrics'][number];
type FileDifference = VersionComparison['files'][number];

/** Files beyond this are counted, not listed: nobody reads them. */
const mostFiles = 2_000;

/** Two versions of a model side by side. */
export async function compareVersions(
  before: ModelVersionDetails,
  after: ModelVersionDetails,
): Promise<VersionComparison> {
  const files = compareFiles(before.files, after.files);
  const [was, is] = [before.metadata, after.metadata];
  return {
    before: sideOf(before),
    after: sideOf(after),
    metrics: compareTexts(textsOf(was.metrics), textsOf(is.metrics)),
    params: compareTexts(textsOf(was.params), textsOf(is.params)),
    requirements: compareTexts(byPackage(was.requirements), byPackage(is.requirements)),
    signature: compareIo(was.signature, is.signature),
    files: files.slice(0, mostFiles),
    filesTotal: files.length,
    cards: await cardsOf(was.card, is.card),
  };
}

/** Most versions keep the card of the one before. */
async function cardsOf(was: string | null, is: string | null): Promise<VersionComparison['cards']> {
  const before = was === null ? null : await cardHtml(was);
  if (is === was) return { before, after: before };
  return { before, after: is === null ? null : await cardHtml(is) };
}

function sideOf({ version, metadata }: ModelVersionDetails): VersionComparison['before'] {
  const { card: _, ...rest } = metadata;
  return { version, metadata: rest };
}

function compareIo(before: IoSignature | null, after: IoSignature | null): VersionComparison['signature'] {
  const { type, details } = compareSignatures(before, after);
  return { type, details: [...details] };
}

function textsOf(values: Readonly<Record<string, string | number>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** `scikit-learn==1.5` under `scikit-learn`: another version of a package is one line that differs. */
function byPackage(requirements: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    requirements.map((line) => {
      const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(line)?.[0];
      return name === undefined
        ? [line, line]
        : [name.toLowerCase().replace(/[._]/g, '-'), line.slice(name.length).trim()];
    }),
  );
}

function compareTexts(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.map((name) => {
    const [was, is] = [before.get(name) ?? null, after.get(name) ?? null];
    return { name, before: was, after: is, differs: was !== is };
  });
}

function compareFiles(before: readonly ModelFile[], after: readonly ModelFile[]): FileDifference[] {
  const was = new Map(before.map((file) => [file.path, file]));
  const is = new Map(after.map((file) => [file.path, file]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().map((name) => {
    const [old, now] = [was.get(name), is.get(name)];
    const change = changeOf(old, now);
    const sizes = { before: old ? String(old.size) : null, after: now ? String(now.size) : null };
    return { name, ...sizes, change, differs: change !== 'same' };
  });
}

function changeOf(before: ModelFile | undefined, after: ModelFile | undefined): FileDifference['change'] {
  if (!before) return 'added';
  if (!after) return 'removed';
  return before.sha256 === after.sha256 ? 'same' : 'changed';
}
