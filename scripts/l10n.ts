import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Collects what the client says (`l10n.t('…')`) into l10n/bundle.l10n.json, which translations start from.
 * With `--check` it only says whether the file is up to date.
 */
export const bundlePath = 'l10n/bundle.l10n.json';

const call = /l10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`$]*)`)/g;

export function collectMessages(root: string): Record<string, string> {
  const messages = new Set<string>();
  for (const file of globSync('client/src/**/*.ts', { cwd: root })) {
    for (const [, single, double, template] of readFileSync(join(root, file), 'utf8').matchAll(call)) {
      messages.add((single ?? double ?? template ?? '').replaceAll(/\\(.)/g, '$1'));
    }
  }
  return Object.fromEntries([...messages].sort().map((message) => [message, message]));
}

export function bundleText(messages: Record<string, string>): string {
  return `${JSON.stringify(messages, null, 2)}\n`;
}

if (import.meta.main) {
  const text = bundleText(collectMessages('.'));
  if (!process.argv.includes('--check')) writeFileSync(bundlePath, text);
  else if (readFileSync(bundlePath, 'utf8') !== text) {
    console.error(`${bundlePath} is stale: run node scripts/l10n.ts`);
    process.exitCode = 1;
  }
}
