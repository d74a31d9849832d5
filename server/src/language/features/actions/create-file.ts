import { stringify } from 'yaml';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { filesNamed } from '../../meaning/files.ts';
import { outputNamed, producerOf } from '../../meaning/producers.ts';
import type { Unit } from '../../symbols/file-symbols.ts';
import type { Origin } from '../../symbols/resolve.ts';
import { scalarOf, UnitReader, type ViewEntry } from '../../symbols/view.ts';
import { rangeOfSpan } from '../symbol-at.ts';
import { type CodeAction, newlineOf } from './action.ts';
import { contextPaths } from './context-paths.ts';
import { documentName } from './sub-pipeline.ts';

/** Makes the file that a document names and that is not there, with what it has to have for a beginning. */
export function createFile(origin: Origin, diagnostic: Diagnostic): CodeAction[] {
  if (diagnostic.code !== 'missing-file') return [];
  const { file, document } = origin;
  const { startLine, startCharacter } = diagnostic.range;
  for (const unit of document.units) {
    for (const { name, uris, finding } of filesNamed(origin, unit)) {
      const { start } = rangeOfSpan(file, unit, finding.span);
      const [uri] = uris;
      if (start.line !== startLine || start.character !== startCharacter || uri === undefined) continue;
      const lines = contentOf(origin, unit, { name, span: finding.span.start });
      if (lines === null) return [];
      const text = lines.join(newlineOf(file.symbols.source));
      return [{ title: `Create the file ${name}`, edits: [], preferred: false, newFiles: [{ uri, text }] }];
    }
  }
  return [];
}

/** The lines of the new file; null for one that can't be begun by hand: data, a key, a model. */
function contentOf(origin: Origin, unit: Unit, { name, span }: { name: string; span: number }): string[] | null {
  const reference = unit.symbols.references.find((each) => each.span.start === span);
  if (reference?.kind === 'entrypoint') return pythonSkeleton(unit, reference.name.split(':').at(-1) ?? 'main');
  if (reference?.kind === 'pipelineFile') return pipelineSkeleton(origin, unit, name);
  return /\.(?:md|txt|py|sql|sh)$/.test(name) ? [''] : null;
}

/** A function with the arguments that the step gives it. */
function pythonSkeleton(unit: Unit, name: string): string[] {
  const names = argumentsOf(unit).map((entry) => entry.name);
  const parameters = names.filter((each) => /^[A-Za-z_]\w*$/.test(each)).join(', ');
  return [`def ${name}(${parameters}):`, '    raise NotImplementedError', ''];
}

function argumentsOf(unit: Unit): ViewEntry[] {
  const { view } = unit.symbols;
  const reader = new UnitReader(view);
  const given = reader.get(view.value, 'with');
  return given ? reader.entries(given) : [];
}

/** A pipeline that takes what the step gives it, and has the outputs that others take from the step. */
function pipelineSkeleton(origin: Origin, unit: Unit, path: string): string[] {
  const params: Record<string, unknown> = {};
  const inputs: Record<string, unknown> = {};
  for (const entry of argumentsOf(unit)) {
    const artifact = artifactGiven(origin, unit, entry.name);
    if (artifact === null) params[entry.name] = { type: typeOf(scalarOf(entry.value)?.value) };
    else inputs[entry.name] = { type: artifact };
  }
  const step = 'main';
  const outputs = outputsTaken(origin, unit.name);
  const names = [
    ...Object.keys(params).map((name) => `--${name} \${{ params.${name} }}`),
    ...Object.keys(inputs).map((name) => `--${name} \${{ inputs.${name}.path }}`),
  ];
  const base = path.split(/[\\/]/).at(-1) ?? path;
  const head = {
    apiVersion: 'mlops/v1',
    kind: 'Pipeline',
    metadata: { name: documentName(base.replace(/(?:\.mlops)?\.ya?ml$/, '')) },
    ...(Object.keys(params).length > 0 ? { params } : {}),
    ...(Object.keys(inputs).length > 0 ? { inputs } : {}),
    ...(outputs.length > 0
      ? { outputs: Object.fromEntries(outputs.map((name) => [name, `\${{ steps.${step}.outputs.${name} }}`])) }
      : {}),
    steps: {
      [step]: {
        run: ['python main.py', ...names].join(' '),
        ...(outputs.length > 0
          ? { outputs: Object.fromEntries(outputs.map((name) => [name, { type: 'file', path: `work/${name}` }])) }
          : {}),
      },
    },
  };
  return stringify(head, { lineWidth: 0 }).split('\n');
}

/** The type of the artifact that an argument hands on; null where it is a plain value. */
function artifactGiven(origin: Origin, unit: Unit, argument: string): string | null {
  const use = unit.symbols.expressions.find(
    ({ path, whole }) => whole && path.at(-2) === 'with' && path.at(-1) === argument,
  );
  const named = use ? outputNamed(use.root) : null;
  if (!use || !named) return null;
  return producerOf(origin, named.step, named.output)?.artifact.type ?? 'file';
}

function typeOf(value: unknown): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'number') return 'string';
  return Number.isInteger(value) ? 'integer' : 'number';
}

/** The outputs of a step that other steps name. */
function outputsTaken({ document }: Origin, step: string): string[] {
  const names = document.units.flatMap(({ symbols }) =>
    symbols.expressions.flatMap(({ root }) =>
      contextPaths(root).flatMap(({ names: [context, name, section, output] }) =>
        context === 'steps' && name === step && section === 'outputs' && output !== undefined ? [output] : [],
      ),
    ),
  );
  return [...new Set(names)];
}
