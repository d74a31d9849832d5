import { type Browser, chromium } from 'playwright-core';

/** The Chromium that the set-up found, without what it would do on the network by itself. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath) throw new Error('Set CHROMIUM_PATH to the program of a Chromium (npm test and npm start do).');
  return chromium.launch({
    executablePath,
    args: [
      // Without a sandbox, because root has none in containers; it opens nothing but pages of this machine.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
