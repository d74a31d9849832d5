import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import type { Metafile } from 'esbuild';
import { z } from 'zod';
import { copyBinding, hostTarget } from './package/native-binding.ts';
import { bundledFolders, licenceProblems, noticesText, readPackage } from './package/third-party-notices.ts';

/**
 * package.ts [PATH] [--target PLATFORM]: packs the extension for a platform, this machine's unless told otherwise, and refuses a
 * package that lacks something or holds what nobody meant to ship.
 */
const root = join(import.meta.dirname, '..');
/** What one downloads; a larger package has got something that it should not have. */
const LARGEST_BYTES = 5 * 1024 * 1024;
/** DuckDB's library beside it. */
const LARGEST_BINDING_BYTES = 40 * 1024 * 1024;
const binding = /^extension\/dist\/node_modules\//;

const manifest = z
  .object({
    name: z.string(),
    version: z.string(),
    main: z.string(),
    icon: z.string(),
    bin: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/** Names as in the package, where vsce writes some of them in its own way. */
const allowed = [
  /^(\[Content_Types\]\.xml|extension\.vsixmanifest)$/,
  /^extension\/(package(\.nls.*)?\.json|readme\.md|changelog\.md|LICENSE\.txt|SECURITY\.md)$/,
  /^extension\/dist\/[\w./-]+\.(cjs|js|css|ttf|svg)$/,
  /^extension\/dist\/node_modules\/detect-libc\/(package\.json|LICENSE|lib\/[\w-]+\.js)$/,
  /^extension\/dist\/node_modules\/@duckdb\/node-bindings[\w-]*\/([\w.-]+\.(json|js|node|so|dylib|dll)|LICENSE)$/,
  /^extension\/dist\/THIRD_PARTY_NOTICES\.txt$/,
  /^extension\/schemas\/ecosystem\/[\w-]+\/(schema\.json|NOTICE)$/,
  /^extension\/(l10n|schemas\/json)\/[\w.-]+\.json$/,
  /^extension\/media\/[\w./-]+\.(json|md|png|svg)$/,
];

const required = [
  ...['package.json', 'package.nls.json', 'readme.md', 'changelog.md', 'LICENSE.txt', 'l10n/bundle.l10n.json'],
  ...[
    'dist/client-main.cjs',
    'dist/server.js',
    'dist/backend.js',
    'dist/data.worker.js',
    'dist/node_modules/@duckdb/node-bindings/duckdb.js',
    'dist/node_modules/detect-libc/lib/detect-libc.js',
    'dist/THIRD_PARTY_NOTICES.txt',
    'dist/webviews/runs/main.js',
  ],
  ...['dist/webviews/compare/main.js', 'dist/webviews/run/main.js', 'media/language-configuration.json'],
  ...[manifest.main, manifest.icon, ...Object.values(manifest.bin)].map((path) => path.replace(/^\.\//, '')),
].map((path) => `extension/${path}`);

interface Entry {
  readonly name: string;
  readonly bytes: number;
}

/** The names in a zip file with what they take there, from the directory at its end. */
function entriesInZip(zip: Buffer): Entry[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('The package is not a zip file.');
  const entries: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const length = zip.readUInt16LE(at + 28);
    entries.push({ name: zip.toString('utf8', at + 46, at + 46 + length), bytes: zip.readUInt32LE(at + 20) });
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function complaints(entries: readonly Entry[], target: string): string[] {
  const names = entries.map(({ name }) => name);
  const unexpected = names.filter((name) => !name.endsWith('/') && !allowed.some((pattern) => pattern.test(name)));
  const missing = required.filter((name) => !names.includes(name));
  const size = (all: readonly Entry[]) => all.reduce((sum, { bytes }) => sum + bytes, 0);
  const native = entries.filter(({ name }) => binding.test(name));
  const [ours, theirs] = [size(entries) - size(native), size(native)];
  return [
    ...unexpected.map((name) => `Not meant to be packed: ${name}`),
    ...missing.map((name) => `Missing: ${name}`),
    ...(native.some(({ name }) => name.endsWith('/duckdb.node')) ? [] : [`DuckDB's library for ${target} is missing.`]),
    ...(ours > LARGEST_BYTES ? [`${ours} bytes are more than ${LARGEST_BYTES}.`] : []),
    ...(theirs > LARGEST_BINDING_BYTES ? [`DuckDB's ${theirs} bytes are more than ${LARGEST_BINDING_BYTES}.`] : []),
  ];
}

/** Writes the licences of what was bundled beside the bundles; answers what can't be shipped. */
function writeNotices(copied: readonly string[]): string[] {
  const metafiles = ['client', 'server', 'webviews'].map(
    (name): Metafile => JSON.parse(readFileSync(join(root, 'out', 'meta', `${name}.json`), 'utf8')),
  );
  const folders = new Set(metafiles.flatMap((metafile) => [...bundledFolders(metafile)]));
  const packages = [...new Set([...folders, ...copied])].map((folder) => readPackage(root, folder));
  writeFileSync(join(root, 'dist', 'THIRD_PARTY_NOTICES.txt'), noticesText(packages));
  return licenceProblems(packages);
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { target: { type: 'string', default: hostTarget } },
});
const { target } = options;
const packagePath = join(root, positionals[0] ?? `${manifest.name}-${target}-${manifest.version}.vsix`);
execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const unshippable = writeNotices(copyBinding(root, target));
await createVSIX({ cwd: root, packagePath, dependencies: false, target });
const entries = entriesInZip(readFileSync(packagePath));
const wrong = [...unshippable, ...complaints(entries, target)];
for (const line of wrong) console.error(line);
if (wrong.length === 0)
  console.log(`${packagePath}: ${entries.length} files, ${(statSync(packagePath).size / 1024).toFixed(0)} kB`);
process.exitCode = wrong.length > 0 ? 1 : 0;
