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

const author = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const manifest = z.object({
  version: z.string(),
  license: z.string().default(''),
  author: author.optional().catch(undefined),
});

/** Licences that ask for no more than their text beside the product. */
const permissive = new Set([
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BSL-1.0',
    'CC-BY-4.0',
    'CC0-1.0',
    'ISC',
    'MIT',
  ],
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
  const { version, license, author } = manifest.parse(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')));
  const files = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice|third-?party-?notices)/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const stated = texts.length > 0 ? texts : statedLicence(root, license, author);
  return { name: folder.replace(/^.*node_modules\//, ''), version, license, texts: stated };
}

/** What a package that only names its licence and its author is under: the text that the name stands for. */
function statedLicence(root: string, license: string, author: string | undefined): readonly string[] {
  if (author === undefined) return [];
  const holder = `Copyright (c) ${author.replace(/\s*[<(].*$/, '')}`;
  if (license === 'MIT') return [`The MIT License\n\n${holder}\n\n${mitTerms}`];
  // Ours is the same.
  return license === 'Apache-2.0' ? [`${holder}\n\n${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}`] : [];
}

const mitTerms = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

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
