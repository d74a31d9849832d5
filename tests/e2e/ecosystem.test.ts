import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, hover, problems, squiggles, typeText, visibleText } from './harness/editor.ts';
import { openFile } from './harness/workbench.ts';
import { openExample, type Product } from './product/product.ts';

const project = `name: churn
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.5}
    command: "python train.py {alpa}"
`;
const workflow = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: train-
spec:
  entrypoint: main
  templates:
    - name: main
      container:
        image: python:3.12
        comand: [python, train.py]
`;
const plain = 'kind: Chart\ndependencies: [a\n';

let product: Product;
let page: Page;

beforeAll(async () => {
  product = await openExample({
    prepare: async (folder) => {
      await writeFile(join(folder, 'MLproject'), project);
      await writeFile(join(folder, 'train-workflow.yaml'), workflow);
      await writeFile(join(folder, 'values.yaml'), plain);
    },
  });
  ({ page } = product);
});
afterAll(async () => {
  await product?.stop();
});

describe('other tools’ files', () => {
  it('have their mistakes shown: a parameter that an MLproject does not declare, until it is right', async () => {
    await openFile(page, 'MLproject');
    await squiggles(page, 'error').first().waitFor();
    const problem = (await problems(page)).filter({ hasText: '`alpa`' });
    await expect.poll(() => problem.innerText()).toMatch(/Did you mean `alpha`\?[\s\S]*ecosystem-reference/);
    await goTo(page, 6, 35);
    await typeText(page, 'h');
    await problem.waitFor({ state: 'detached' });
    expect(await visibleText(page)).toContain('{alpha}');
  });

  it('are checked by the schema of their kind, and explained by it', async () => {
    await openFile(page, 'train-workflow.yaml');
    await squiggles(page, 'warning').first().waitFor();
    const problem = (await problems(page)).filter({ hasText: 'comand' });
    await expect.poll(() => problem.innerText()).toMatch(/Did you mean `command`\?[\s\S]*ecosystem-unknown-key/);
    await goTo(page, 6, 6);
    await expect.poll(async () => (await hover(page)).innerText()).toContain('entrypoint');
  });

  it('are told from YAML that is nobody’s: nothing is said of it', async () => {
    await openFile(page, 'values.yaml');
    await openFile(page, 'train-workflow.yaml');
    await squiggles(page, 'warning').first().waitFor();
    await expect.poll(async () => await (await problems(page)).allInnerTexts()).not.toContain('values.yaml');
  });
});
