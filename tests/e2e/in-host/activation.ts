import { deepStrictEqual, ok } from 'node:assert/strict';
import { commands, extensions } from 'vscode';

/** Runs inside the extension host: an error fails the test that started it. */
export async function run(): Promise<void> {
  const extension = extensions.getExtension('mlops-workbench.mlops-workbench');
  ok(extension, 'The extension is not there.');
  await extension.activate();
  ok(extension.isActive, 'The extension is not active.');
  const manifest: { contributes: { commands: { command: string }[] } } = extension.packageJSON;
  const registered = new Set(await commands.getCommands(true));
  const contributed = manifest.contributes.commands.map(({ command }) => command);
  deepStrictEqual(
    contributed.filter((command) => !registered.has(command)),
    [],
    'Commands of the manifest that nothing answers to.',
  );
}
