import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilActivated } from './harness/activation.ts';
import { openFile } from './harness/workbench.ts';
import { marked, processesOf, seesProcesses } from './product/processes.ts';
import { experimentItem, experimentsView, openExample, type Product } from './product/product.ts';

const marker = randomUUID();
let product: Product;

beforeAll(async () => {
  product = await openExample({ env: marked(marker) });
});

afterAll(async () => {
  await product?.stop();
});

const running = async () => ({
  server: (await processesOf(marker, 'server.js')).length,
  backend: (await processesOf(marker, 'backend.js')).length,
});

it.runIf(seesProcesses)('starts each process when something needs it, and no sooner', async () => {
  await untilActivated(product.vsCode);
  expect(await running()).toEqual({ server: 0, backend: 0 });
  await openFile(product.page, 'mlops.yaml');
  await expect.poll(running).toEqual({ server: 1, backend: 0 });
  await experimentItem(await experimentsView(product.page), 'churn').waitFor();
  expect(await running()).toEqual({ server: 1, backend: 1 });
});
