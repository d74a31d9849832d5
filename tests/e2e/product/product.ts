import type { Locator, Page } from 'playwright-core';
import { copyOf, repository, startVsCode, type VsCode, type VsCodeOptions } from '../../testbeds/vscode.ts';
import { expand, openView, openViewContainer, runCommand } from '../harness/workbench.ts';

/** VS Code with the extension in a copy of the example workspace, or in another folder. */
export interface Product {
  readonly vsCode: VsCode;
  readonly page: Page;
  readonly folder: string;
  stop(): Promise<void>;
}

export interface ProductOptions extends Partial<Pick<VsCodeOptions, 'settings' | 'env' | 'trust'>> {
  /** What is done to the copy before VS Code opens it. */
  readonly prepare?: (folder: string) => Promise<void>;
}

export async function openExample({ prepare, ...options }: ProductOptions = {}): Promise<Product> {
  const { folder, dispose } = await copyOf('docs/examples/churn');
  try {
    await prepare?.(folder);
    const vsCode = await startVsCode({ folder, extensionDir: repository, trust: true, ...options });
    const stop = async () => {
      await vsCode.stop();
      await dispose();
    };
    return { vsCode, page: vsCode.page, folder, stop };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The Experiments view, opened. */
export async function experimentsView(page: Page): Promise<Locator> {
  await openViewContainer(page, 'MLOps');
  return openView(page, 'Experiments');
}

/** The Connections view, opened. */
export async function connectionsView(page: Page): Promise<Locator> {
  await openViewContainer(page, 'MLOps');
  return openView(page, 'Connections');
}

/** An experiment's item by its name. */
export function experimentItem(view: Locator, name: string): Locator {
  return labelled(view, 'experiment', name);
}

/** A run's item by its name. */
export function runItem(view: Locator, name: string): Locator {
  return labelled(view, 'run', name);
}

/** What a screen reader says of an item begins with its kind. */
function labelled(view: Locator, kind: string, name: string): Locator {
  const label = view.page().locator('.label-name').getByText(name, { exact: true });
  return view.locator(`[role="treeitem"][aria-label^="${kind} "]`).filter({ has: label });
}

/** Runs of an unfolded experiment or run that are in sight, top to bottom. */
export async function runNames(view: Locator, level = 2): Promise<string[]> {
  const rows = view.locator(`[role="treeitem"][aria-level="${level}"][aria-label^="run "]`);
  return (await rows.locator('.label-name').allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' '));
}

/** Unfolds an experiment and waits for what is in it. */
export async function openExperiment(view: Locator, name: string): Promise<void> {
  const item = experimentItem(view, name);
  await expand(item);
  await view.locator('[role="treeitem"][aria-level="2"]:not([aria-label*="Waiting"])').first().waitFor();
}

/** Folds everything up. */
export async function collapseAll(view: Locator): Promise<void> {
  await view.hover();
  await view.locator('[aria-label="Collapse All"]').click();
  await view.locator('[role="treeitem"][aria-expanded="true"]').first().waitFor({ state: 'detached' });
}

/** Selects runs as a person does: a click, then clicks with the key held. */
export async function selectRuns(view: Locator, names: readonly string[]): Promise<void> {
  const [first, ...others] = names;
  if (first === undefined) return;
  await runItem(view, first).click();
  for (const name of others) await runItem(view, name).click({ modifiers: ['ControlOrMeta'] });
}

/** What a screen reader says of an item: label, description and status in one. */
export async function spoken(item: Locator): Promise<string> {
  return (await item.getAttribute('aria-label')) ?? '';
}

/** Reloads the window by its own command, as people do: it puts away its state first. */
export async function reloadWindow(page: Page): Promise<void> {
  const loaded = page.waitForEvent('load');
  await runCommand(page, 'Developer: Reload Window');
  await loaded;
  await page.locator('.monaco-workbench .part.activitybar').waitFor();
}
