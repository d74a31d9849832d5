import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

/** A package of npm whose code or files are part of what we ship. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** What its licence and notice files say, in full. */
  readonly texts: readonly string[];
}

const manifest = z.object({ version: z.string(), license: z.string().default('') });

/** Licences that ask for no more than their text beside the product. */
const permissive = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC-BY-4.0', 'CC0-1.0', 'ISC', 'MIT'],
  ...['MIT-0', 'Python-2.0', 'Unlicense', 'Zlib'],
]);

/** The folders of the packages that esbuild took something from, relative to the project's root, with `/`. */
export function bundledFolders(metafile: Metafile): ReadonlySet<string> {
  const folders = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([input]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  return new Set(folders);
}

export function readPackage(root: string, folder: string): ShippedPackage {
  const path = join(root, folder);
  const { version, license } = manifest.parse(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')));
  const files = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice|third-?party-?notices)/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return { name: folder.replace(/^.*node_modules\//, ''), version, license, texts };
}

/** Why packages can't be shipped: a licence that asks for more, or none that one could pass on. */
export function licenceProblems(packages: readonly ShippedPackage[]): string[] {
  return packages.flatMap(({ name, license, texts }) => [
    ...(isPermissive(license) ? [] : [`${name} is under “${license}”, which we can't ship.`]),
    ...(texts.length > 0 ? [] : [`${name} brings no text of its licence.`]),
  ]);
}

// One of the alternatives has to be permissive, with all that it joins.
function isPermissive(expression: string): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/i)
    .some((alternative) => alternative.split(/\s+AND\s+/i).every((id) => permissive.has(id.trim())));
}

const rule = '─'.repeat(80);

/** The text that lies beside the bundles: every package with its licence. */
export function noticesText(packages: readonly ShippedPackage[]): string {
  const sorted = packages.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.map(({ name, version, license, texts }) =>
    [`${rule}\n${name} ${version} (${license})\n${rule}`, ...texts].join('\n\n'),
  );
  return `${['Third-party notices\n\nMLOps Workbench contains parts of the packages below, under their own licences.', ...parts].join('\n\n')}\n`;
}
