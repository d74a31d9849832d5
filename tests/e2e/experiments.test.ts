import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyOf, repository, startVsCode, type VsCode } from '../testbeds/vscode.ts';
import { setTheme, type Theme } from './harness/settings.ts';
import { webview } from './harness/webview.ts';
import {
  expand,
  openView,
  openViewContainer,
  quickPickRow,
  runCommand,
  treeItem,
  treeTexts,
} from './harness/workbench.ts';

let workspace: Awaited<ReturnType<typeof copyOf>>;
let vsCode: VsCode;

beforeAll(async () => {
  workspace = await copyOf('docs/examples/churn');
  vsCode = await startVsCode({ folder: workspace.folder, extensionDir: repository, trust: true });
  await openViewContainer(vsCode.page, 'MLOps');
});

afterAll(async () => {
  await vsCode?.stop();
  await workspace?.dispose();
});

it('shows the runs of the store below their experiment', async () => {
  const view = await openView(vsCode.page, 'Experiments');
  const experiment = treeItem(view, 'churn-networks');
  await expand(experiment);
  await treeItem(view, '16 units').waitFor();
  await vsCode.screenshot('experiments');
  const texts = await treeTexts(view);
  expect(texts).toContainEqual(expect.stringMatching(/^16 units\s*accuracy 0\.98601/));
});

it.each<Theme>(['light', 'dark', 'high-contrast'])('shows the table of runs in the %s theme', async (theme) => {
  const { page } = vsCode;
  await setTheme(vsCode, theme);
  await runCommand(page, 'MLOps: Open Table of Runs');
  await quickPickRow(page, 'churn-networks').click();
  const panel = webview(page);
  await panel.getByText('16 units', { exact: true }).first().waitFor();
  await vsCode.screenshot(`table-${theme}`);
  expect(await panel.locator('body').evaluate((body) => body.dataset['vscodeThemeKind'])).toBe(`vscode-${theme}`);
});
