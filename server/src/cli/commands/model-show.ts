import { formatBytes } from '#schemas/domain/bytes.ts';
import type { IoSignature, ModelVersionDetails } from '#schemas/domain/model-version.ts';
import { findVersion } from '../../models/find-version.ts';
import { formatVersion } from '../../models/model-reference.ts';
import { exitCodes } from '../exit.ts';
import { formatNumber, formatTime, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { withModels } from '../models.ts';
import { harmless } from '../output.ts';
import { whileWaiting } from '../waiting.ts';

/** All that is known of a version: what it is, where it comes from, what it takes and gives, what it holds. */
export async function showModel(invocation: Invocation, text: string): Promise<number> {
  const { output, signal } = invocation;
  const found = await withModels(invocation, ({ registry }) =>
    whileWaiting(invocation, 'Reading the registry', () => findVersion(registry, text, signal)),
  );
  if (output.json) {
    const { version, files, metadata, reports } = found;
    const { model, fileCount: _, ...about } = version;
    await output.document({ name: model, ...about, files, ...metadata, reports });
    return exitCodes.done;
  }
  await output.text(output.style('bold', formatVersion(found.version)));
  const sections = sectionsOf(found).filter(({ lines }) => lines.length > 0);
  for (const { title, lines } of sections) {
    await output.text(`\n${output.style('bold', title)}`);
    const width = Math.max(...lines.map(([name]) => name.length));
    for (const [name, value] of lines)
      await output.text(`  ${output.style('dim', harmless(name).padEnd(width))}  ${harmless(value)}`.trimEnd());
  }
  return exitCodes.done;
}

type Line = readonly [name: string, value: string];

interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

function sectionsOf({ version, metadata, files, reports }: ModelVersionDetails): Section[] {
  const { run, dataSets, parents, gitCommit, licence, description, signature } = metadata;
  const stage = version.stage ?? (version.archived ? 'archived' : '');
  const report = reports[0];
  return [
    {
      title: 'Version',
      lines: known([
        ['description', description],
        ['stage', stage],
        ['aliases', version.aliases.map((alias) => `@${alias}`).join(' ')],
        ['framework', version.framework ?? ''],
        ['licence', licence ?? ''],
        ['signed', version.signed ? 'yes' : 'no'],
        ['gates', report ? `${report.passed ? 'passed' : 'not passed'} ${formatTime(report.createdAt)}` : ''],
        ['registered', `${formatTime(version.createdAt)} by ${version.createdBy}`],
        ['digest', version.manifestDigest ?? ''],
      ]),
    },
    {
      title: 'Made from',
      lines: known([
        ['versions', parents.join(', ')],
        ['run', run ? `${run.tracker}/${run.runId}` : ''],
        ['commit', gitCommit ?? ''],
        ...dataSets.map(({ name, digest, context }): Line => [context ?? 'data', `${name} ${digest}`.trim()]),
      ]),
    },
    { title: 'Inputs and outputs', lines: signature === null ? [] : signatureLines(signature) },
    {
      title: 'Metrics',
      lines: Object.entries(metadata.metrics).map(
        ([name, value]): Line => [name, typeof value === 'number' ? formatNumber(value) : value],
      ),
    },
    { title: 'Parameters', lines: Object.entries(metadata.params) },
    { title: 'Tags', lines: Object.entries(metadata.tags) },
    { title: 'Requirements', lines: metadata.requirements.map((line): Line => [line, '']) },
    {
      title: `${plural(files.length, 'file')}, ${formatBytes(version.size)}`,
      lines: files.map(({ path, size }): Line => [path, formatBytes(size)]),
    },
  ];
}

function known(lines: readonly Line[]): Line[] {
  return lines.filter(([, value]) => value !== '');
}

function signatureLines(signature: IoSignature): Line[] {
  const { inputs, outputs, params } = signature;
  const all = [
    ['input', inputs],
    ['output', outputs],
    ['param', params],
  ] as const;
  return all.flatMap(([kind, fields]) =>
    (fields ?? []).map(({ name, type, shape, required }): Line => {
      const form = shape === null ? type : `${type} [${shape.join(', ')}]`;
      return [`${kind} ${name ?? ''}`.trim(), required ? form : `${form}, optional`];
    }),
  );
}
