import { checkSource } from './diagnostics/check-source.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { checkMeaning } from './meaning/check-meaning.ts';
import { pythonPaths } from './python/steps.ts';
import { type FileSummary, nameOfPath } from './symbols/file-summary.ts';
import type { ReferenceKind } from './symbols/symbol.ts';
import { type IndexedFile, WorkspaceIndex } from './symbols/workspace-index.ts';
import { parseSource } from './syntax/source.ts';

/** References whose meaning lies outside of the file that holds them. */
const outward: ReadonlySet<ReferenceKind> = new Set([
  ...(['environment', 'channel', 'role', 'tracker', 'stage', 'model', 'modelVersion'] as const),
  ...(['pipelineFile', 'entrypoint', 'file', 'argument'] as const),
]);

/** Reads a text once and keeps what a workspace has to know of it while nobody has it open. */
export function summarize(uri: string, text: string): FileSummary {
  const index = new WorkspaceIndex();
  const file = index.setOnDisk(uri, parseSource(text));
  return {
    kinds: file.symbols.documents.map(({ kind }) => kind),
    exports: file.exports,
    names: namesOf(file),
    python: pythonPaths(file.symbols),
    diagnostics: looksOutward(file)
      ? null
      : plain(inOrder(checkSource(file.symbols.source), checkMeaning(file, index))),
  };
}

function namesOf({ symbols }: IndexedFile): string {
  const names = new Set<string>();
  for (const { units } of symbols.documents) {
    for (const unit of units) {
      for (const { name } of unit.symbols.definitions) names.add(name);
      // A path stands for the name of the pipeline that is in that file.
      for (const { kind, name } of unit.symbols.references)
        names.add(kind === 'pipelineFile' ? nameOfPath(name) : name);
    }
  }
  return `\n${[...names].join('\n')}\n`;
}

function looksOutward({ symbols }: IndexedFile): boolean {
  return symbols.documents.some(({ units }) =>
    units.some((unit) => unit.symbols.references.some(({ kind }) => outward.has(kind))),
  );
}

/** Diagnostics by their place. */
export function inOrder(own: readonly Diagnostic[], meaning: readonly Diagnostic[]): Diagnostic[] {
  if (meaning.length === 0) return firstOf([...own]);
  return firstOf(
    [...own, ...meaning].sort(
      (a, b) => a.range.startLine - b.range.startLine || a.range.startCharacter - b.range.startCharacter,
    ),
  );
}

/** As many as an editor shows; more only take time to send. */
const MOST_DIAGNOSTICS = 1000;

function firstOf(sorted: Diagnostic[]): Diagnostic[] {
  return sorted.length <= MOST_DIAGNOSTICS ? sorted : sorted.slice(0, MOST_DIAGNOSTICS);
}

function plain(diagnostics: readonly Diagnostic[]): FileSummary['diagnostics'] {
  return diagnostics.map(({ related, replacements, ...each }) => ({
    ...each,
    related: related.map(({ range, message }) => ({ range, message })),
    replacements: [...replacements],
  }));
}
