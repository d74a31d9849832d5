import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  editor,
  goTo,
  hover,
  problems,
  replaceText,
  squiggles,
  suggest,
  suggestion,
  typeText,
  visibleText,
} from './harness/editor.ts';
import { setTheme } from './harness/settings.ts';
import { openFile, runCommand, treeTexts } from './harness/workbench.ts';
import { openExample, type Product } from './product/product.ts';

const workspaceDocument = `apiVersion: mlops/v1
kind: Workspace
metadata:
  name: churn
`;
const pipeline = `apiVersion: mlops/v1
kind: Pipeline
metadata:
  name: example
steps:
  prepare:
    run: make prepare
`;

let product: Product;
let page: Page;

const noErrors = () => squiggles(page, 'error').first().waitFor({ state: 'detached' });

async function edit(file: string, text: string): Promise<void> {
  await openFile(page, file);
  await replaceText(page, text);
  await noErrors();
}

beforeAll(async () => {
  product = await openExample({ settings: { 'workbench.colorTheme': 'Dark Modern' } });
  ({ page } = product);
});

beforeEach(async () => {
  await page.keyboard.press('Escape');
});

afterAll(async () => {
  await product?.stop();
});

describe('the editor of MLOps documents', () => {
  it('says that a key is misspelt while it is typed, with its code in the Problems view, until it is right', async () => {
    await edit('mlops.yaml', workspaceDocument);
    await goTo(page, 5);
    await typeText(page, 'trackng: []');
    await squiggles(page, 'error').first().waitFor();
    const problem = (await problems(page)).filter({ hasText: 'trackng' });
    await expect.poll(() => problem.innerText()).toMatch(/Did you mean `tracking`\?[\s\S]*schema-unknown-key/);
    await product.vsCode.screenshot('language-diagnostic-dark');
    await goTo(page, 5, 6);
    await typeText(page, 'i');
    await noErrors();
    await problem.waitFor({ state: 'detached' });
    expect(await visibleText(page)).toContain('tracking: []');
  });

  it('offers steps, and puts one in where it belongs', async () => {
    await edit('train.mlops.yaml', pipeline);
    await goTo(page, 8);
    await typeText(page, '  ');
    await suggest(page);
    await product.vsCode.screenshot('language-step-completion');
    await suggestion(page, 'step').click();
    await expect.poll(() => visibleText(page)).toMatch(/\n {2}prepare:\n {4}run: .+\n {2}[\w-]+:\n {4}run: /);
  });

  it('offers the keys of a step with its indentation', async () => {
    await edit('train.mlops.yaml', pipeline);
    await goTo(page, 8);
    await typeText(page, '    time');
    await suggest(page);
    await suggestion(page, 'timeout').click();
    await expect.poll(() => visibleText(page)).toMatch(/\n {4}run: make prepare\n {4}timeout: /);
  });

  it('tells in a hover what a key means', async () => {
    await edit('train.mlops.yaml', `${pipeline}    timeout: 30m\n`);
    await goTo(page, 8, 7);
    const text = await (await hover(page)).innerText();
    await product.vsCode.screenshot('language-hover');
    expect(text).toMatch(/timeout/);
    expect(text.length).toBeGreaterThan(40);
    await page.keyboard.press('Escape');
  });

  it('lists the steps of a pipeline in the outline', async () => {
    await openFile(page, 'train.mlops.yaml');
    await replaceText(page, `${pipeline}  train:\n    run: make train\n`);
    await runCommand(page, 'Explorer: Focus on Outline View');
    const outline = page.locator('.outline-pane');
    await expect.poll(() => treeTexts(outline)).toContain('examplePipeline');
    await product.vsCode.screenshot('language-outline');
    await editor(page).locator('.view-lines').click();
    await runCommand(page, 'Go to Symbol in Editor...');
    const rows = page.locator('.quick-input-widget .monaco-list-row');
    await expect.poll(async () => (await rows.allInnerTexts()).join('\n')).toMatch(/prepare[\s\S]*train/);
    await page.keyboard.press('Escape');
  });

  it('checks every document of a file by its own kind', async () => {
    await edit('train.mlops.yaml', `${pipeline}---\n${workspaceDocument}`);
    await goTo(page, 13);
    await typeText(page, 'steps: {}');
    const problem = (await problems(page)).filter({ hasText: 'steps' });
    await expect.poll(() => problem.innerText()).toContain('Ln 13');
    await goTo(page, 13, 10);
    for (const _ of 'steps: {}') await page.keyboard.press('Backspace');
    await problem.waitFor({ state: 'detached' });
    await typeText(page, 'track');
    await suggest(page);
    await suggestion(page, 'tracking').waitFor();
  });

  it('follows the theme', async () => {
    await edit('mlops.yaml', workspaceDocument);
    await goTo(page, 5);
    await typeText(page, 'trackng: []');
    for (const theme of ['light', 'high-contrast'] as const) {
      await setTheme(product.vsCode, theme);
      await squiggles(page, 'error').first().waitFor();
      await product.vsCode.screenshot(`language-diagnostic-${theme}`);
    }
  });

  it('says above a step how often it is referred to, and lists the places', async () => {
    await edit('train.mlops.yaml', `${pipeline}  train:\n    run: make train\n    needs: [prepare]\n`);
    const lens = editor(page).locator('.codelens-decoration a', { hasText: '1 reference' });
    await lens.click();
    await page.locator('.reference-zone-widget .referenceMatch').first().waitFor();
    await page.keyboard.press('Escape');
  });
});
