#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Start-up is most of a command's time: compiled code is kept from one call to the next.
enableCompileCache();
const { main } = await import('./cli/main.ts');
await main(process);
