import { createPrivateKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMlops } from '../integration/cli/run-mlops.ts';
import { ecKey } from '../testbeds/certificates.ts';
import { sendJson, startHttpServer, type TestServer } from '../testbeds/http-server.ts';
import { manyModels } from '../testbeds/many-models.ts';
import { setTheme } from './harness/settings.ts';
import {
  answer,
  contextMenu,
  expand,
  notification,
  openView,
  openViewContainer,
  pick,
  quickPickRow,
  runCommand,
  tab,
  treeItem,
} from './harness/workbench.ts';
import { choose, dialog, saveAt } from './product/dialog.ts';
import { experimentsView, openExample, openExperiment, type Product, runItem } from './product/product.ts';

const model = `apiVersion: mlops/v1
kind: Model
metadata: {name: churn-model}
validation: {gates: [{maxSize: 1MB}]}
stages: [{name: staging, requireGates: false}, {name: production, approvals: 2, alias: champion}]
`;

const workspaceFile = (registry: string) => `apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
tracking: [{name: local, backend: mlflow, uri: "sqlite:///mlflow.db"}]
registry: {backend: ${registry.startsWith('http') ? 'mlflow' : 'sqlite'}, uri: "${registry}"}
access:
  roles: {maintainer: [register, validate, sign, approve, promote, rollback, archive, delete]}
  members:
    - {name: ana, role: maintainer, publicKey: keys/ana.pub}
    - {name: ben, role: maintainer, publicKey: keys/ben.pub}
`;

const passphrase = 'open sesame';
let product: Product;
let page: Page;
let server: TestServer;

const useRegistry = (uri: string) => writeFile(join(product.folder, 'mlops.yaml'), workspaceFile(uri));

/** Two versions: one in staging, the other approved by ana, with ben to be asked, whose key is encrypted. */
async function prepare(folder: string): Promise<void> {
  const run = async (...args: string[]) =>
    expect(await runMlops(args, { cwd: folder, env: { MLOPS_ACTOR: 'ana' } })).toMatchObject({ code: 0 });
  await writeFile(join(folder, 'mlops.yaml'), workspaceFile('sqlite:///two.db'));
  await writeFile(join(folder, 'churn-model.mlops.yaml'), model);
  await mkdir(join(folder, 'keys'));
  const [ana, ben] = [await ecKey(), await ecKey()];
  const locked = createPrivateKey(ben.privatePem).export({
    ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
  });
  await writeFile(join(folder, 'keys', 'ana.pub'), ana.publicPem);
  await writeFile(join(folder, 'keys', 'ben.pub'), ben.publicPem);
  await writeFile(join(folder, 'keys', 'ana.pem'), ana.privatePem);
  await writeFile(join(folder, 'keys', 'ben.pem'), locked);
  await mkdir(join(folder, 'exported'));
  await writeFile(join(folder, 'exported', 'weights.bin'), 'one');
  await run('model', 'register', 'exported', '--name', 'churn-model', '--as', '1.0.0');
  await writeFile(join(folder, 'exported', 'weights.bin'), 'two');
  await run('model', 'register', 'exported', '--name', 'churn-model', '--as', '1.1.0');
  await run('model', 'promote', 'churn-model@1.0.0', '--to', 'staging');
  await run('model', 'validate', 'churn-model@1.1.0');
  await run('model', 'approve', 'churn-model@1.1.0', '--to', 'production', '--key', 'keys/ana.pem');

  const logged = join(folder, 'artifacts', 'churn', '2973b33922db4a9a8e3165f76cdd2041', 'artifacts', 'model');
  await mkdir(logged);
  await writeFile(join(logged, 'MLmodel'), 'flavors:\n  sklearn: {pickled_model: model.skops}\n');
  await writeFile(join(logged, 'model.skops'), 'weights');

  await writeFile(join(folder, 'broken.db'), 'This is no database. '.repeat(400));
  await (await manyModels(join(folder, 'many.db'), { models: 1_000, versions: 10 })).cleanup();
  await writeFile(join(folder, 'mlops.yaml'), workspaceFile('sqlite:///none.db'));
}

beforeAll(async () => {
  server = await startHttpServer((_, response) => sendJson(response, { message: 'The disk is full.' }, 500));
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern' },
    env: { MLOPS_ACTOR: 'ana' },
    prepare,
  });
  ({ page } = product);
});

afterAll(async () => {
  await product?.stop();
  await server?.[Symbol.asyncDispose]();
});

async function modelsView(): Promise<Locator> {
  await openViewContainer(page, 'MLOps');
  return openView(page, 'Models');
}

const models = (view: Locator) => view.locator('[role="treeitem"][aria-level="1"]');
const version = (view: Locator, text: string) =>
  view.locator('[role="treeitem"][aria-level="2"]').filter({ hasText: text }).first();

// In this order: each begins where the one before ended.
describe('the Models view', () => {
  it('says what to do where there is nothing', async () => {
    const view = await modelsView();
    await expect.poll(() => view.innerText()).toContain('There are no models yet');
    await view.getByRole('button', { name: 'Register a Model' }).waitFor();
  });

  it('shows stages and how far approvals are, readable in every theme', async () => {
    await useRegistry('sqlite:///two.db');
    const view = await modelsView();
    await expand(models(view).filter({ hasText: 'churn-model' }));
    await version(view, '1/2 approvals').waitFor();
    await version(view, 'staging').waitFor();
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      await setTheme(product.vsCode, theme);
      const tooltip = page.locator('.monaco-hover').filter({ hasText: 'Approvals', visible: true });
      // It goes when the tree is drawn anew: then it takes another move of the pointer.
      await expect
        .poll(async () => {
          await models(view).first().hover();
          await version(view, '1.1.0').locator('.label-name').hover();
          await tooltip.waitFor({ timeout: 3_000 }).catch(() => undefined);
          return (await tooltip.isVisible()) ? tooltip.innerText() : '';
        })
        .toContain('1 of 2 approvals for production');
      await product.vsCode.screenshot(`models-view-${theme}`);
      await page.keyboard.press('Escape');
    }
  });

  it('signs with a key whose passphrase is asked for', async () => {
    const view = await modelsView();
    await contextMenu(version(view, '1.0.0'), 'Sign Model Version…');
    await saveAt(page, join(product.folder, 'keys', 'ben.pem'));
    await answer(page, passphrase, 'opens the key');
    await version(view, 'staging · signed').waitFor();
    await contextMenu(version(view, '1.0.0'), 'Verify Signature of Model Version');
    await notification(page, /churn-model@1\.0\.0: /);
  });

  it('has approvals given, listed with what each is worth, and counted', async () => {
    const view = await modelsView();
    await contextMenu(version(view, '1.1.0'), 'Approve Promotion…');
    await saveAt(page, join(product.folder, 'keys', 'ben.pem'));
    await answer(page, passphrase, 'opens the key');
    await version(view, '2/2 approvals').waitFor();

    await writeFile(join(product.folder, 'approvals', 'churn-model-1.1.0-production-0.approval.json'), '{}');
    await contextMenu(version(view, '1.1.0'), 'Show Approvals of Promotion…');
    await quickPickRow(page, 'ben').waitFor();
    await quickPickRow(page, 'does not count: It is no signed envelope').waitFor();
    await product.vsCode.screenshot('models-view-approvals');
    await quickPickRow(page, 'ana').click();
    await tab(page, 'approval.json').waitFor();
    await runCommand(page, 'View: Close Editor');
  });

  it('promotes with the approvals, which are used up, and goes back with a reason', async () => {
    const view = await modelsView();
    await contextMenu(version(view, '1.1.0'), 'Promote Model Version…');
    await pick(page, 'production', 'production');
    await choose(dialog(page, 'Promote churn-model@1.1.0 to production?'), 'Promote to production');
    await version(view, '@champion').waitFor();
    await expect.poll(() => version(view, '1.1.0').innerText()).not.toContain('approvals');

    await contextMenu(version(view, '1.1.0'), 'Promote Model Version…');
    await pick(page, 'staging', 'staging');
    await choose(dialog(page, 'Promote churn-model@1.1.0 to staging?'), 'Promote to staging');
    await expect.poll(() => version(view, '1.0.0').innerText()).not.toContain('staging');
    await contextMenu(version(view, '1.0.0'), 'Roll Back to Model Version…');
    await choose(dialog(page, 'Roll staging back to churn-model@1.0.0?'), 'Roll Back to 1.0.0');
    await answer(page, 'It was better.', 'Why?');
    await expect.poll(() => version(view, '1.0.0').innerText()).toContain('staging');
  });

  it('takes in what a run of the Experiments view logged', async () => {
    const experiments = await experimentsView(page);
    await openExperiment(experiments, 'churn');
    await contextMenu(runItem(experiments, 'logistic baseline'), 'Register Model of Run…');
    await answer(page, 'from-run', 'Name of the model');
    const view = await modelsView();
    const taken = models(view).filter({ hasText: 'from-run' });
    await taken.waitFor();
    await expand(taken);
    await version(view, '1.0.0').waitFor();
  });

  it('archives a version, and shows it where it is asked to', async () => {
    const view = await modelsView();
    const model = models(view).filter({ hasText: 'from-run' });
    // Models are in the order of their names: what follows the last of them is its version.
    const last = view.locator('[role="treeitem"][aria-level="2"]').last();
    await contextMenu(last, 'Archive Model Version…');
    await choose(dialog(page, 'Archive from-run@1.0.0?'), 'Archive from-run@1.0.0');
    await model.waitFor({ state: 'detached' });
    await runCommand(page, 'MLOps: Show Archived Versions');
    await expand(model);
    await version(view, 'archived').waitFor();
    await product.vsCode.screenshot('models-view-archived');
    await contextMenu(version(view, 'archived'), 'Take Model Version out of Archive');
    await version(view, 'archived').waitFor({ state: 'detached' });
    await runCommand(page, 'MLOps: Hide Archived Versions');
    await model.waitFor();
  });

  it('finds one of a thousand models', async () => {
    await useRegistry('sqlite:///many.db');
    const view = await modelsView();
    await models(view).filter({ hasText: 'model-0' }).first().waitFor();
    await runCommand(page, 'MLOps: Search Models');
    await answer(page, 'model-777', 'Words that');
    await expect.poll(() => models(view).count()).toBe(1);
    expect(await models(view).innerText()).toContain('10 versions');
    await product.vsCode.screenshot('models-view-search');
    await runCommand(page, 'MLOps: Search Models');
    await answer(page, 'no such model', 'Words that');
    await treeItem(view, 'No model fits the search').waitFor();
    await runCommand(page, 'MLOps: Clear Search of Models');
    await models(view).filter({ hasText: 'model-0' }).first().waitFor();
  });

  it('says why a registry can’t be read, first of all what', async () => {
    await useRegistry('sqlite:///broken.db');
    const view = await modelsView();
    await treeItem(view, /^broken\.db can’t be used/).waitFor();
    expect(await view.innerText()).not.toContain('There are no models yet');
    await useRegistry(server.url);
    await choose(dialog(page, `connect to ${server.url}?`), 'Allow');
    await treeItem(view, 'HTTP 500').waitFor();
    await server[Symbol.asyncDispose]();
    await treeItem(view, 'HTTP 500').click();
    await treeItem(view, 'the connection was refused').waitFor();
    await product.vsCode.screenshot('models-view-refused');
  });
});
