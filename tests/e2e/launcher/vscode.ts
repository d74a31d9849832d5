#!/usr/bin/env node
import { resolve } from 'node:path';
import { launchChromium } from '../../../scripts/vscode/chromium.ts';
import { startServer } from '../../../scripts/vscode/server.ts';

/**
 * Takes the place of the desktop's VS Code where that can't be had: `runTests` of @vscode/test-electron starts this
 * program with the command line of VS Code, and it runs the tests of the extension host in the browser's VS Code.
 */
const RUN_MS = 120_000;

function optionValue(option: string): string | undefined {
  const prefix = `--${option}=`;
  return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length);
}

function required(option: string): string {
  const value = optionValue(option);
  if (!value) throw new Error(`--${option}=… is missing.`);
  return value;
}

async function main(): Promise<number> {
  const folder = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  const server = await startServer({
    trust: process.argv.includes('--disable-workspace-trust'),
    extensionDir: required('extensionDevelopmentPath'),
    extensionTests: required('extensionTestsPath'),
  });
  try {
    return await runIn(server.url(folder && resolve(folder)));
  } finally {
    await server.stop();
  }
}

/** Opens the window and answers the code that the tests end with. */
async function runIn(url: string): Promise<number> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const ended = Promise.withResolvers<number>();
    const timer = setTimeout(() => ended.reject(new Error(`No result in ${RUN_MS} ms.`)), RUN_MS);
    const log: string[] = [];
    await page.exposeFunction('codeAutomationLog', (severity: string, values: unknown[]) => {
      log.push(`${severity}: ${values.map(String).join(' ')}`);
    });
    await page.exposeFunction('codeAutomationExit', (code: number) => {
      if (code !== 0) console.log(log.join('\n'));
      ended.resolve(code);
    });
    await page.goto(url);
    return await ended.promise.finally(() => clearTimeout(timer));
  } finally {
    await browser.close();
  }
}

process.exitCode = await main();
