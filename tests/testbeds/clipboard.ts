import type { ElectronApplication, Page } from 'playwright-core';

/** The desktop's windows: there a page may not touch the clipboard, and the application does it. */
const applications = new WeakMap<Page, ElectronApplication>();

export function useClipboardOf(page: Page, application: ElectronApplication): void {
  applications.set(page, application);
}

export async function readClipboard(page: Page): Promise<string> {
  const application = applications.get(page);
  return application
    ? application.evaluate(({ clipboard }) => clipboard.readText())
    : page.evaluate(() => navigator.clipboard.readText());
}

export async function writeClipboard(page: Page, text: string): Promise<void> {
  const application = applications.get(page);
  await (application
    ? application.evaluate(({ clipboard }, written) => clipboard.writeText(written), text)
    : page.evaluate((written) => navigator.clipboard.writeText(written), text));
}
