import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import type { Metafile } from 'esbuild';
import { z } from 'zod';
import { bundledFolders, licenceProblems, noticesText, readPackage } from './package/third-party-notices.ts';

/** Packs the extension for installation, and refuses a package that lacks something or holds what nobody meant to ship. */
const root = join(import.meta.dirname, '..');
/** What one downloads; a larger package has got something that it should not have. */
const LARGEST_BYTES = 5 * 1024 * 1024;

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
    'dist/THIRD_PARTY_NOTICES.txt',
    'dist/webviews/runs/main.js',
  ],
  ...['dist/webviews/compare/main.js', 'dist/webviews/run/main.js', 'media/language-configuration.json'],
  ...[manifest.main, manifest.icon, ...Object.values(manifest.bin)].map((path) => path.replace(/^\.\//, '')),
].map((path) => `extension/${path}`);

/** The names in a zip file, from the directory at its end. */
function namesInZip(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('The package is not a zip file.');
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const length = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}

function complaints(names: readonly string[], bytes: number): string[] {
  const unexpected = names.filter((name) => !name.endsWith('/') && !allowed.some((pattern) => pattern.test(name)));
  const missing = required.filter((name) => !names.includes(name));
  return [
    ...unexpected.map((name) => `Not meant to be packed: ${name}`),
    ...missing.map((name) => `Missing: ${name}`),
    ...(bytes > LARGEST_BYTES ? [`${bytes} bytes are more than ${LARGEST_BYTES}.`] : []),
  ];
}

/** Writes the licences of what was bundled beside the bundles; answers what can't be shipped. */
function writeNotices(): string[] {
  const metafiles = ['client', 'server', 'webviews'].map(
    (name): Metafile => JSON.parse(readFileSync(join(root, 'out', 'meta', `${name}.json`), 'utf8')),
  );
  const folders = new Set(metafiles.flatMap((metafile) => [...bundledFolders(metafile)]));
  const packages = [...folders].map((folder) => readPackage(root, folder));
  writeFileSync(join(root, 'dist', 'THIRD_PARTY_NOTICES.txt'), noticesText(packages));
  return licenceProblems(packages);
}

const packagePath = join(root, process.argv[2] ?? `${manifest.name}-${manifest.version}.vsix`);
execFileSync(process.execPath, [join(root, 'scripts', 'build.ts')], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const unshippable = writeNotices();
await createVSIX({ cwd: root, packagePath, dependencies: false });
const names = namesInZip(readFileSync(packagePath));
const wrong = [...unshippable, ...complaints(names, statSync(packagePath).size)];
for (const line of wrong) console.error(line);
if (wrong.length === 0)
  console.log(`${packagePath}: ${names.length} files, ${(statSync(packagePath).size / 1024).toFixed(0)} kB`);
process.exitCode = wrong.length > 0 ? 1 : 0;
