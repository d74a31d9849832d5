import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMlops } from '../integration/cli/run-mlops.ts';
import { ecKey } from '../testbeds/certificates.ts';
import { webview } from './harness/webview.ts';
import {
  answer,
  contextMenu,
  expand,
  notification,
  openView,
  openViewContainer,
  pick,
  runCommand,
  tab,
  treeTexts,
} from './harness/workbench.ts';
import { choose, dialog, saveAt } from './product/dialog.ts';
import { openExample, type Product } from './product/product.ts';
import { writeTrackers } from './product/workspace-file.ts';

const model = `apiVersion: mlops/v1
kind: Model
metadata: {name: churn-model}
validation: {gates: [{maxSize: 1MB}]}
stages: [{name: staging, requireGates: false}, {name: production, alias: champion}]
`;

const access = `access:
  roles: {maintainer: [register, validate, sign, promote, delete]}
  members: [{name: ana, role: maintainer, publicKey: keys/ana.pub}]
`;

let product: Product;
let page: Page;

beforeAll(async () => {
  product = await openExample({
    // The Explorer stays where it is, so that what is clicked on is what is there.
    settings: { 'workbench.colorTheme': 'Dark Modern', 'explorer.autoReveal': false },
    env: { MLOPS_ACTOR: 'ana' },
    prepare: async (folder) => {
      await writeTrackers(folder, { local: 'sqlite:///mlflow.db' });
      await writeFile(join(folder, 'churn-model.mlops.yaml'), model);
      const key = await ecKey();
      await mkdir(join(folder, 'keys'));
      await writeFile(join(folder, 'ana.pem'), key.privatePem);
      await writeFile(join(folder, 'keys', 'ana.pub'), key.publicPem);
      await appendFile(join(folder, 'mlops.yaml'), access);
      await mkdir(join(folder, 'exported'));
      await writeFile(join(folder, 'exported', 'weights.bin'), 'one');
      await writeFile(join(folder, 'exported', 'notes.md'), '# Notes\n');
      for (const version of ['1.0.0', '1.1.0']) {
        await writeFile(join(folder, 'exported', 'notes.md'), `# Notes on ${version}\n`);
        const args = ['model', 'register', 'exported', '--name', 'churn-model', '--as', version];
        expect(await runMlops(args, { cwd: folder, env: { MLOPS_ACTOR: 'ana' } })).toMatchObject({ code: 0 });
      }
    },
  });
  ({ page } = product);
});

afterAll(() => product?.stop());

async function modelsView(): Promise<Locator> {
  await openViewContainer(page, 'MLOps');
  return openView(page, 'Models');
}

const version = (view: Locator, text: string) =>
  view.locator('[role="treeitem"][aria-level="2"]').filter({ hasText: text });

/** What the entries in the audit log’s panel are of. */
const shownEntries = () => webview(page).locator('.grid-cell[data-column="5"]').allInnerTexts();

// In this order: each begins where the one before ended.
describe('the Models view', () => {
  it('shows models and their versions, highest first', async () => {
    const view = await modelsView();
    const churn = view.locator('[role="treeitem"][aria-level="1"]').filter({ hasText: 'churn-model' });
    await churn.waitFor();
    await expand(churn);
    await version(view, '1.1.0').waitFor();
    const texts = await treeTexts(view);
    expect(texts.map((text) => text.split(/[\s ]/)[0])).toEqual(
      ['churn-model1.1.0', '1.1.0', '1.0.0'].map((text) => expect.stringContaining(text.slice(-5))),
    );
    await product.vsCode.screenshot('models-tree');
  });

  it('promotes a version once its gates are open, by a plan that is shown before', async () => {
    const view = await modelsView();
    await contextMenu(version(view, '1.0.0'), 'Promote Model Version…');
    await pick(page, 'production', 'production');
    const refused = dialog(page, 'can’t be promoted to production');
    await refused.waitFor();
    expect(await refused.innerText()).toContain('Its gates were not asked');
    await choose(refused, 'OK');

    await contextMenu(version(view, '1.0.0'), 'Validate Model Version');
    await notification(page, 'churn-model@1.0.0 passed its gate.');
    await contextMenu(version(view, '1.0.0'), 'Promote Model Version…');
    await pick(page, 'production', 'production');
    const plan = dialog(page, 'Promote churn-model@1.0.0 to production?');
    await plan.waitFor();
    expect(await plan.innerText()).toContain('churn-model@champion: – → 1.0.0');
    await product.vsCode.screenshot('models-plan');
    await choose(plan, 'Promote to production');
    await version(view, '@champion').waitFor();
    expect(await version(view, '@champion').innerText()).toContain('production');
  });

  it('compares two versions in a panel, and their files in the editor’s own diff', async () => {
    const view = await modelsView();
    await version(view, '1.0.0').click();
    await version(view, '1.1.0').click({ modifiers: ['ControlOrMeta'] });
    await contextMenu(version(view, '1.1.0'), 'Compare Model Versions…');
    await tab(page, 'churn-model 1.0.0 ↔ 1.1.0').waitFor();
    const panel = webview(page);
    await panel.getByRole('heading', { name: 'Files' }).waitFor();
    await product.vsCode.screenshot('models-versions');
    await panel.getByRole('button', { name: 'notes.md' }).click();
    await tab(page, 'notes.md (churn-model 1.0.0 ↔ 1.1.0)').waitFor();
  });

  it('registers a folder with the version that is proposed', async () => {
    await writeFile(join(product.folder, 'exported', 'weights.bin'), 'two');
    await openViewContainer(page, 'Explorer');
    const folder = page.locator('.explorer-folders-view [role="treeitem"]').filter({ hasText: 'exported' }).first();
    await contextMenu(folder, 'Register Model…');
    await answer(page, 'churn-model', 'Name of the model');
    await pick(page, '1.1.1', '1.1.1');
    const view = await modelsView();
    await version(view, '1.1.1').waitFor();
  });

  it('deletes a version only when it was confirmed by its name', async () => {
    const view = await modelsView();
    // Two are selected from before: a menu for one needs one.
    await version(view, '1.1.1').click();
    await contextMenu(version(view, '1.1.1'), 'Delete Model Version…');
    const question = dialog(page, 'Delete churn-model@1.1.1 from the registry for good?');
    await question.waitFor();
    await choose(question, 'Delete churn-model@1.1.1');
    await version(view, '1.1.1').waitFor({ state: 'detached' });
  });

  it('shows the audit log, and that nobody changed it', async () => {
    await runCommand(page, 'MLOps: Verify Audit Log');
    await notification(page, /All \d+ entries are as they were written/);
    await runCommand(page, 'MLOps: Show Audit Log');
    await tab(page, 'Audit Log').waitFor();
    const panel = webview(page);
    await panel.getByText(/All \d+ entries are as they were written/).waitFor();
    await panel.getByText('stage of 1.0.0: – → production').waitFor();
    await product.vsCode.screenshot('models-audit');
    await panel.getByLabel('Action').selectOption('promote');
    await panel.locator('.footer').getByText('1–1 of 1').waitFor();
    await panel.getByRole('button', { name: 'Export CSV' }).click();
    const file = join(product.folder, 'promotions.csv');
    await saveAt(page, file);
    await panel.locator('.footer').getByText(`Wrote one entry to ${file}.`).waitFor();
    expect((await readFile(file, 'utf8')).split('\r\n')).toEqual([
      'seq,time,actor,action,target,before,after,reason,previous,hash',
      expect.stringMatching(/^\d+,[^,]+,ana,promote,churn-model@1\.0\.0,/),
      '',
    ]);
  });

  it('shows the audit log of one version from its menu', async () => {
    const view = await modelsView();
    await contextMenu(version(view, '1.1.0'), 'Show Audit Log');
    await tab(page, 'Audit Log: churn-model@1.1.0').waitFor();
    await expect.poll(() => shownEntries()).toEqual(['churn-model@1.1.0']);
  });

  it('signs the end of the audit log, and shows an entry that was changed', async () => {
    await runCommand(page, 'MLOps: Sign Audit Log Checkpoint…');
    await saveAt(page, join(product.folder, 'ana.pem'));
    await notification(page, /is signed by ana\. Commit the file/);
    await runCommand(page, 'MLOps: Show Audit Log');
    const panel = webview(page);
    await panel.getByRole('button', { name: 'Read and verify again' }).click();
    await panel.getByText(/^Signed by ana up to entry \d+/).waitFor();
    const database = new DatabaseSync(join(product.folder, '.mlops', 'models.db'));
    database.exec(`UPDATE audit SET entry = replace(entry, '"ana"', '"eve"') WHERE seq = 2`);
    await panel.getByRole('button', { name: 'Read and verify again' }).click();
    await panel.getByRole('alert').getByText('Entry 2 was changed after it was written.').waitFor();
    await panel.getByText(/checkpoint\.json: The log is broken after entry 1/).waitFor();
    await product.vsCode.screenshot('models-audit-broken');
    database.exec(`UPDATE audit SET entry = replace(entry, '"eve"', '"ana"') WHERE seq = 2`);
    database.close();
    await panel.getByRole('button', { name: 'Read and verify again' }).click();
    await panel.getByText(/All \d+ entries are as they were written/).waitFor();
  });

  it('follows what others register', async () => {
    const args = ['model', 'register', 'exported', '--name', 'fraud'];
    expect(await runMlops(args, { cwd: product.folder, env: { MLOPS_ACTOR: 'ana' } })).toMatchObject({ code: 0 });
    const view = await modelsView();
    await view.locator('[role="treeitem"][aria-level="1"]').filter({ hasText: 'fraud' }).waitFor();
    expect(await readFile(join(product.folder, '.mlops', '.gitignore'), 'utf8')).toBe('*\n');
  });
});
