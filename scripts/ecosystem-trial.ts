/**
 * Checks every file of some folders as the editor would, and prints what is found and how many files of each kind were
 * looked at: for trying real files of others, where every finding has to be looked into.
 *
 *   node scripts/ecosystem-trial.ts FOLDER…
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { recognize } from '#server/language/ecosystem/recognize.ts';
import { checkEcosystemFile, ecosystemSource, mayBeEcosystemFile } from '#server/language/ecosystem/validate.ts';

interface Count {
  files: number;
  withFindings: number;
  findings: number;
}

const counts = new Map<string, Count>();
for (const folder of process.argv.slice(2)) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && mayBeEcosystemFile(entry.name)) tryFile(join(entry.parentPath, entry.name));
  }
}
console.table(Object.fromEntries(counts));

function tryFile(path: string): void {
  const text = readFileSync(path, 'utf8');
  const source = ecosystemSource(path, text);
  if (!source) return;
  const uri = pathToFileURL(path).href;
  const kinds = new Set(source.documents.map((document) => recognize(uri, source, document)?.set ?? null));
  const found = checkEcosystemFile(path, source).filter(({ severity }) => severity !== 'hint');
  for (const kind of kinds) {
    if (kind === null) continue;
    const count = counts.get(kind) ?? { files: 0, withFindings: 0, findings: 0 };
    counts.set(kind, count);
    count.files++;
    count.findings += found.length;
    if (found.length > 0) count.withFindings++;
  }
  for (const { range, code, message } of found) console.log(`${path}:${range.startLine + 1} ${code} ${message}`);
}
