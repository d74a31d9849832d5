import type { Unit } from '../symbols/file-symbols.ts';
import type { Origin } from '../symbols/resolve.ts';
import { textOf, UnitReader } from '../symbols/view.ts';
import { resolveUri } from '../symbols/workspace-index.ts';
import type { MeaningFinding } from './finding.ts';

/** Whether files are there. It may not know yet (undefined), and then learns it and says so later. */
export interface FileProvider {
  exists(uri: string): boolean | undefined;
}

/** Files that a unit names, as the URIs that it could mean: any of them will do. */
export function filesNamed(origin: Origin, unit: Unit): { name: string; uris: string[]; finding: MeaningFinding }[] {
  return unit.symbols.references.flatMap((reference) => {
    const paths = pathsOf(reference.kind, reference.name, unit);
    const uris = paths.flatMap((path) => resolveUri(origin.file.uri, path) ?? []);
    const [name] = paths;
    if (name === undefined || uris.length === 0) return [];
    const message = `There is no file \`${name}\`.`;
    return [{ name, uris, finding: { code: 'missing-file' as const, span: reference.span, message } }];
  });
}

/** Files that are known not to be there. */
export function checkFiles(origin: Origin, unit: Unit, files: FileProvider): MeaningFinding[] {
  return filesNamed(origin, unit).flatMap(({ uris, finding }) => {
    const isThere = uris.map((uri) => origin.index.get(uri) !== undefined || files.exists(uri));
    return isThere.every((each) => each === false) ? [finding] : [];
  });
}

function pathsOf(kind: string, name: string, unit: Unit): string[] {
  if (name.includes('${{') || name === '') return [];
  if (kind === 'pipelineFile' || kind === 'file')
    return /^[a-z][a-z0-9+.-]+:/i.test(name) || /^[~/]/.test(name) ? [] : [name];
  if (kind !== 'entrypoint') return [];
  // `package.module:function` may be installed; only a file can be looked for.
  const file = /^(.+\.py):[^:]*$/.exec(name)?.[1];
  if (file === undefined || file.startsWith('/')) return [];
  const folder = textOf(new UnitReader(unit.symbols.view).get(unit.symbols.view.value, 'workingDirectory'));
  if (folder?.includes('${{')) return [];
  return folder === null ? [file] : [file, `${folder.replace(/\/$/, '')}/${file}`];
}
