import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const server = fileURLToPath(new URL('../../../server/src', import.meta.url));

test('no package is imported dynamically: a bundle would give its CommonJS no names', () => {
  const files = globSync('**/*.ts', { cwd: server });
  const offending = files.filter((file) =>
    /\bimport\(\s*['"](?!\.|node:|#)/.test(readFileSync(`${server}/${file}`, 'utf8')),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(offending).toEqual([]);
});
