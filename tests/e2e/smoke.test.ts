import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyOf, repository, startVsCode, type VsCode } from '../testbeds/vscode.ts';
import { untilActivated } from './harness/activation.ts';
import { openViewContainer } from './harness/workbench.ts';

let workspace: Awaited<ReturnType<typeof copyOf>>;
let vsCode: VsCode;

beforeAll(async () => {
  workspace = await copyOf('docs/examples/churn');
  vsCode = await startVsCode({ folder: workspace.folder, extensionDir: repository, trust: true });
});

afterAll(async () => {
  await vsCode?.stop();
  await workspace?.dispose();
});

it('activates in the example workspace and shows its views', async () => {
  await untilActivated(vsCode);
  await openViewContainer(vsCode.page, 'MLOps');
  const views = await vsCode.page.locator('.sidebar .pane-header').allInnerTexts();
  await vsCode.screenshot('smoke');
  expect(views.map((view) => view.trim().toLowerCase())).toEqual(['experiments', 'models', 'monitors', 'connections']);
});
