#!/usr/bin/env node
// Everything else is loaded after the look at Node's version: an older one could not even read it.
import nodeModule from 'node:module';
import { isNewEnough, runWithNewerNode } from './cli/newer-node.ts';

if (isNewEnough(process.versions.node)) {
  // Start-up is most of a command's time: compiled code is kept from one call to the next.
  nodeModule.enableCompileCache();
  const { main } = await import('./cli/main.ts');
  await main(process);
} else {
  process.exitCode = runWithNewerNode(import.meta.url, process.argv.slice(2));
}
