import { join } from 'node:path';
import { madeOnce } from './cache.mjs';
import { run, SetupError, step, windows } from './steps.mjs';
import { findGo } from './system.mjs';

const VERSION = '1.56.1';

/**
 * A stand-in for Google Cloud Storage, built once from its Go module. Answers the path of the program.
 * @returns {Promise<string>}
 */
export async function installFakeGcs() {
  const name = `fake-gcs-${VERSION}-${process.platform}-${process.arch}`;
  const make = (folder) => step('fake-gcs-server, built once into the cache (a minute or two)', () => build(folder));
  const folder = await madeOnce(name, make);
  return join(folder, windows ? 'fake-gcs-server.exe' : 'fake-gcs-server');
}

async function build(folder) {
  const go = findGo();
  if (!go) throw new SetupError('Go is not on PATH: a stand-in for Google Cloud Storage is built with it.');
  await run([go, 'install', `github.com/fsouza/fake-gcs-server@v${VERSION}`], {
    log: 'fake-gcs',
    env: { ...process.env, GOBIN: folder },
    failure: 'fake-gcs-server could not be built.',
  });
}
