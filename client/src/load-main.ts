import type { Host, Main } from './host.ts';

/**
 * The second bundle, which the build puts beside this one. It is `require`d by that name, so that nothing in it is read
 * before it is needed.
 */
declare function require(path: './client-main.cjs'): { createMain(host: Host): Main };

export function loadMain(host: Host): Main {
  return require('./client-main.cjs').createMain(host);
}
