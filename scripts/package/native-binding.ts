import { cpSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const scope = 'node_modules/@duckdb';

/** The platform of this machine, as vsce names it. */
export const hostTarget = `${process.platform}-${process.arch}`;

/**
 * Copies DuckDB's binding for a platform, and what tells it the C library, beside the bundles, where Node finds it from there. Answers the folders of the packages,
 * relative to the root.
 */
export function copyBinding(root: string, target: string): readonly string[] {
  // On Alpine the library is linked against another C library.
  const platform = target.startsWith('alpine-') ? `linux-${target.slice('alpine-'.length)}-musl` : target;
  const folders = [`${scope}/node-bindings`, `${scope}/node-bindings-${platform}`, 'node_modules/detect-libc'];
  for (const folder of folders) {
    const source = join(root, folder);
    if (!existsSync(source)) {
      const name = folder.replace('node_modules/', '');
      throw new Error(
        `${name} is not installed: npm install --no-save --force ${name} brings it for another platform.`,
      );
    }
    cpSync(source, join(root, 'dist', folder), { recursive: true, filter: isShipped });
  }
  return folders;
}

function isShipped(path: string): boolean {
  return statSync(path).isDirectory() || /(\.(json|js|node|so|dylib|dll)|LICENSE)$/.test(path);
}
