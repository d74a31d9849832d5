import { existsSync } from 'node:fs';
import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a worker thread. `source` is its TypeScript file, as `new URL('./x.worker.ts', import.meta.url)`. Run from
 * sources, that file is the worker; in a bundle, the build put `x.worker.js` into `dist`, beside the caller's file or
 * above it where the caller ended up in a shared chunk.
 */
export function startWorker(source: URL, data: unknown, resourceLimits?: ResourceLimits): Worker {
  const name = source.pathname.split('/').at(-1)?.replace(/\.ts$/, '.js') ?? '';
  const places = [source, new URL(`./${name}`, source), new URL(`../${name}`, source)];
  const file = places.find((place) => existsSync(place));
  if (!file) throw new Error(`The worker ${name} is missing from this installation.`);
  return new Worker(file, { workerData: data, name, ...(resourceLimits ? { resourceLimits } : {}) });
}
