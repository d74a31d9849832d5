import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeGrafana, startFakeGrafana } from '../testbeds/grafana.ts';
import { startPrometheus, type TestPrometheus } from '../testbeds/prometheus.ts';
import { editor } from './harness/editor.ts';
import { setTheme } from './harness/settings.ts';
import { webview } from './harness/webview.ts';
import { notification, openFile, pick, runCommand, tab } from './harness/workbench.ts';
import { choose, dialog } from './product/dialog.ts';
import { openExample, type Product } from './product/product.ts';

const token = 'glsa_secret';
const monitor = `apiVersion: mlops/v1
kind: Monitor
metadata: {name: served}
metrics:
  - {name: up, query: up, minimum: 1}
  - {name: nothing, query: no_such_metric}
  - {name: wrong, query: 'rate('}
alerts: [{name: down, when: metrics.up < 1, channel: team, severity: critical}]
dashboard: {title: Served, folder: Models}
`;

let product: Product;
let page: Page;
let panel: FrameLocator;
let prometheus: TestPrometheus;
let grafana: FakeGrafana;

beforeAll(async () => {
  [prometheus, grafana] = await Promise.all([startPrometheus({ rules: null }), startFakeGrafana({ token })]);
  product = await openExample({
    settings: { 'workbench.colorTheme': 'Dark Modern' },
    env: { PROMETHEUS_URL: prometheus.url, GRAFANA_URL: grafana.server.url, GRAFANA_TOKEN: token },
    prepare: (folder) => writeFile(join(folder, 'served.mlops.yaml'), monitor),
  });
  ({ page } = product);
});

afterAll(async () => {
  await product?.stop();
  await prometheus?.[Symbol.asyncDispose]();
  await grafana?.server[Symbol.asyncDispose]();
});

const tile = (name: string) => panel.getByRole('region', { name, exact: true });

// In this order: each begins where the one before ended.
describe('the dashboard of a monitor', () => {
  it('opens from the lens above the document, and draws what Prometheus has', async () => {
    await openFile(page, 'served.mlops.yaml');
    await editor(page).locator('.codelens-decoration a', { hasText: 'Show dashboard' }).click();
    await tab(page, 'Dashboard: served').waitFor();
    panel = webview(page);
    await expect
      .poll(async () => {
        await panel.getByRole('button', { name: 'Refresh' }).click();
        return tile('up')
          .getByRole('list')
          .innerText({ timeout: 2_000 })
          .catch(() => '');
      })
      .toContain('within its bounds');
    await tile('nothing').getByText('No data').waitFor();
    await tile('wrong').getByText('Prometheus does not understand the query').waitFor();
    await panel.getByRole('rowheader', { name: 'down' }).waitFor();
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      await setTheme(product.vsCode, theme);
      await panel.locator(`body.vscode-${theme} canvas`).first().waitFor();
      await product.vsCode.screenshot(`dashboard-${theme}`);
    }
  });

  it('is brought to Grafana after the difference was shown and agreed to', async () => {
    await panel.getByText('Bring to Grafana…').click();
    const question = dialog(page, `Create the dashboard “Served” at ${grafana.server.url}?`);
    await question.waitFor();
    expect(await question.innerText()).toContain('The folder “Models” is created.');
    expect(grafana.dashboards.size).toBe(0);
    await product.vsCode.screenshot('dashboard-grafana');
    await choose(question, 'Create');
    await notification(page, /The dashboard “Served” is at /);
    expect([...grafana.dashboards.values()]).toMatchObject([{ version: 1, dashboard: { title: 'Served' } }]);
    await tab(page, 'Served: Grafana ↔ Document').waitFor();
  });

  it('is not overwritten where somebody turns away, and nothing is asked where nothing changes', async () => {
    const [stored] = grafana.dashboards.values();
    if (!stored) throw new Error('Nothing was stored.');
    stored.dashboard = { ...stored.dashboard, title: 'Theirs' };
    stored.version = 2;
    await runCommand(page, 'MLOps: Bring Dashboard to Grafana…');
    await pick(page, 'served', 'served');
    const question = dialog(page, 'Update the dashboard “Served”');
    expect(await question.innerText()).toContain('title: changed');
    await choose(question, 'Cancel');
    expect(stored).toMatchObject({ version: 2, dashboard: { title: 'Theirs' } });
  });
});
