import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  licenceProblems,
  noticesText,
  readPackage,
  type ShippedPackage,
} from '../../../scripts/package/third-party-notices.ts';

const shipped = (part: Partial<ShippedPackage>): ShippedPackage => ({
  name: 'a',
  version: '1.0.0',
  license: 'MIT',
  texts: ['Copyright (c) somebody'],
  ...part,
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-or-later)', true],
  ['Apache-2.0 AND MIT', true],
  ['GPL-3.0-only', false],
  ['MIT AND GPL-2.0', false],
  ['LGPL-2.1-or-later', false],
  ['AGPL-3.0', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['', false],
])('a package under %j is shipped: %j', (license, allowed) => {
  expect(licenceProblems([shipped({ license })]).length === 0).toBe(allowed);
});

test('a package without the text of its licence is not shipped', () => {
  expect(licenceProblems([shipped({ texts: [] })])).toEqual(['a brings no text of its licence.']);
});

test('the same packages give the same text, whatever order they come in', () => {
  const packages = [shipped({ name: 'b' }), shipped({ name: '@c/d' }), shipped({})];
  expect(noticesText(packages)).toBe(noticesText(packages.toReversed()));
});

test('a package that only names its licence and author is shipped with the text of that licence', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mlops-notices-'));
  try {
    await writeFile(join(root, 'LICENSE'), 'Apache License\n');
    const made = async (manifest: object) => {
      await mkdir(join(root, 'node_modules/a'), { recursive: true });
      await writeFile(join(root, 'node_modules/a/package.json'), JSON.stringify({ version: '1.0.0', ...manifest }));
      return readPackage(root, 'node_modules/a').texts.join('\n');
    };
    expect(await made({ license: 'MIT', author: 'Ana <ana@example.com>' })).toMatch(
      /Copyright \(c\) Ana\n\nPermission/,
    );
    expect(await made({ license: 'Apache-2.0', author: { name: 'Acme' } })).toBe(
      'Copyright (c) Acme\n\nApache License',
    );
    expect(await made({ license: 'MIT' })).toBe('');
    expect(await made({ license: 'ISC', author: 'Ana' })).toBe('');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
