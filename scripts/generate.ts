import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { jsonSchemas } from '#schemas/config/json-schema.ts';

const root = join(import.meta.dirname, '..');

interface Generated {
  readonly folder: string;
  /** File name → text. A file of the folder that is not among them is stale too. */
  readonly files: ReadonlyMap<string, string>;
}

/** Everything in the repository that is made from something else in it. */
function generators(): Generated[] {
  const schemas = Object.entries(jsonSchemas()).map(
    ([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`] as const,
  );
  return [{ folder: join(root, 'schemas/json'), files: new Map(schemas) }];
}

async function staleFiles({ folder, files }: Generated): Promise<string[]> {
  const present = await readdir(folder).catch(() => []);
  const changed = await Promise.all(
    [...files].map(async ([name, text]) =>
      (await readFile(join(folder, name), 'utf8').catch(() => null)) === text ? [] : [name],
    ),
  );
  return [...changed.flat(), ...present.filter((name) => !files.has(name))].map((name) =>
    relative(root, join(folder, name)),
  );
}

async function write({ folder, files }: Generated): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all([...files].map(([name, text]) => writeFile(join(folder, name), text)));
}

const all = generators();
if (process.argv.includes('--check')) {
  const stale = (await Promise.all(all.map(staleFiles))).flat();
  for (const file of stale) console.error(`${file} is stale: run \`npm run generate\`.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await Promise.all(all.map(write));
  console.log(`${all.reduce((sum, each) => sum + each.files.size, 0)} files written.`);
}
