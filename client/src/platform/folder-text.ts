import { Uri } from 'vscode';

/** A message with paths relative to the folder: a long path at its start would leave no room for what is wrong. */
export function withoutFolder(message: string, folder: string): string {
  const path = Uri.parse(folder, true).fsPath;
  return message.replaceAll(`${path}/`, '').replaceAll(`${path}\\`, '');
}
