import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version in the package that this file is part of, as source or bundled. */
export function readVersion(from: string = fileURLToPath(import.meta.url)): string {
  for (let folder = dirname(from); folder !== dirname(folder); folder = dirname(folder)) {
    const version = versionIn(join(folder, 'package.json'));
    if (version !== null) return version;
  }
  return 'unknown';
}

function versionIn(file: string): string | null {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isOurs =
      typeof content === 'object' && content !== null && 'name' in content && content.name === 'mlops-workbench';
    return isOurs && 'version' in content ? String(content.version) : null;
  } catch {
    return null;
  }
}
