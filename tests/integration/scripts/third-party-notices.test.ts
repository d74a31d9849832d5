import { build } from 'esbuild';
import { expect, test } from 'vitest';
import {
  bundledFolders,
  licenceProblems,
  noticesText,
  readPackage,
} from '../../../scripts/package/third-party-notices.ts';

const root = `${import.meta.dirname}/../../..`;

test('takes the packages that a bundle holds something of, with their licences in full', async () => {
  const contents = `import { parse } from 'yaml'; import { z } from 'zod'; console.log(parse, z.string);`;
  const stdin = { contents, resolveDir: root };
  const { metafile } = await build({
    absWorkingDir: root,
    stdin,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
  });
  const packages = [...bundledFolders(metafile)].map((folder) => readPackage(root, folder));
  expect(packages.map(({ name }) => name).sort()).toEqual(['yaml', 'zod']);
  expect(licenceProblems(packages)).toEqual([]);
  const text = noticesText(packages);
  expect(text).toMatch(/yaml \d[\s\S]*Copyright Eemeli Aro[\s\S]*zod \d[\s\S]*MIT License/);
});
