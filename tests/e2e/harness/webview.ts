import type { FrameLocator, Page } from 'playwright-core';

/** The document of the webview in the active editor: VS Code keeps it in a frame of a frame. */
export function webview(page: Page, index = 0): FrameLocator {
  return page.locator('iframe.webview.ready').nth(index).contentFrame().locator('#active-frame').contentFrame();
}
