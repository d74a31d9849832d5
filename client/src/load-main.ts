import type { Host, Main } from './host.ts';

declare function require(path: string): { createMain(host: Host): Main };

/** The second bundle, which the build puts beside this one: nothing in it is read before it is needed. */
const bundle = './client-main.cjs';

export function loadMain(host: Host): Main {
  return require(bundle).createMain(host);
}
