import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { copyOf, repository, startVsCode, type VsCode } from '../testbeds/vscode.ts';
import {
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
import { openFile } from './harness/workbench.ts';

let workspace: Awaited<ReturnType<typeof copyOf>>;
let vsCode: VsCode;

const head = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: example}\n';

beforeAll(async () => {
  workspace = await copyOf('docs/examples/churn');
  vsCode = await startVsCode({ folder: workspace.folder, extensionDir: repository, trust: true });
  await openFile(vsCode.page, 'train.mlops.yaml');
});

afterAll(async () => {
  await vsCode?.stop();
  await workspace?.dispose();
});

beforeEach(() => replaceText(vsCode.page, `${head}steps:\n  one: {run: python train.py}\n`));

it('shows a diagnostic as something wrong is typed, and takes it away when it is right again', async () => {
  const { page } = vsCode;
  await squiggles(page, 'error').first().waitFor({ state: 'detached' });
  await goTo(page, 4, 6);
  await typeText(page, 'z');
  const rows = await problems(page);
  await rows.filter({ hasText: 'stepsz' }).waitFor();
  await squiggles(page, 'error').first().waitFor();
  await vsCode.screenshot('diagnostic');
  await goTo(page, 4, 7);
  await page.keyboard.press('Backspace');
  await squiggles(page, 'error').first().waitFor({ state: 'detached' });
  await rows.filter({ hasText: 'stepsz' }).waitFor({ state: 'detached' });
});

it('inserts the key that was chosen from the suggestions', async () => {
  const { page } = vsCode;
  await goTo(page, 6);
  await suggest(page);
  await vsCode.screenshot('completion');
  await suggestion(page, 'seed').click();
  await expect.poll(() => visibleText(page)).toMatch(/^seed: /m);
});

it('tells in a hover what a key means', async () => {
  const { page } = vsCode;
  await goTo(page, 1, 2);
  const text = await (await hover(page)).innerText();
  await vsCode.screenshot('hover');
  expect(text).toContain('Version of this format');
});
