import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { parseSource, type Source } from '../syntax/source.ts';
import { checkEcosystem } from './check.ts';
import { otherFile } from './other-files.ts';
import { mayHoldEcosystem, recognize } from './recognize.ts';

/** Whether a file may be another tool's that we understand, by its name alone. */
export function mayBeEcosystemFile(name: string): boolean {
  return /^mlproject$|\.ya?ml$/i.test(name);
}

/** A file's text read, where it holds a document of an ecosystem; null for all others. */
export function ecosystemSource(path: string, text: string): Source | null {
  const uri = pathToFileURL(path).href;
  if (!mayHoldEcosystem(uri, text)) return null;
  const source = parseSource(text);
  return source.documents.some((document) => recognize(uri, source, document) !== null) ? source : null;
}

/** All findings in a file, with what lies beside it on disk. */
export function checkEcosystemFile(path: string, source: Source): Diagnostic[] {
  return checkEcosystem(pathToFileURL(path).href, source, {
    enabled: () => true,
    hasYamlExtension: false,
    around: {
      exists: (uri) => existsSync(fileURLToPath(uri)),
      read: (uri) => {
        const text = readSmall(fileURLToPath(uri));
        return text === null ? null : otherFile(uri, text);
      },
    },
  });
}

const MAX_BYTES = 1024 * 1024;

function readSmall(path: string): string | null {
  try {
    return statSync(path).size > MAX_BYTES ? null : readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
