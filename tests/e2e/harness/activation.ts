import { setTimeout as delay } from 'node:timers/promises';
import type { VsCode } from '../../testbeds/vscode.ts';

const extensionId = 'mlops-workbench.mlops-workbench';

/** Waits until the extension host has activated the extension; its log is what tells. */
export async function untilActivated(vsCode: VsCode, milliseconds = 30_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const all = [...(await vsCode.logs()).values()].join('\n');
    if (all.includes(`Activating extension ${extensionId} failed`))
      throw new Error(`Activation failed:\n${errors(all)}`);
    if (all.includes(`ExtensionService#_doActivateExtension ${extensionId}`)) return;
    if (Date.now() > deadline) throw new Error(`Not activated in ${milliseconds} ms:\n${errors(all)}`);
    // The log is a file of another process: there is no event to wait for.
    await delay(100);
  }
}

function errors(log: string): string {
  return log
    .split('\n')
    .filter((line) => line.includes('[error]'))
    .slice(0, 20)
    .join('\n');
}
