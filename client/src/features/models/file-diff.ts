import { commands as registry, Uri } from 'vscode';
import { compareVersions, versionFile } from '#schemas/protocol/models.ts';
import type { Server } from '../../platform/server-connection.ts';

/** One file of two versions of a model. */
export interface VersionedFile {
  readonly folder: string;
  readonly model: string;
  readonly before: string;
  readonly after: string;
  readonly path: string;
}

/** Shows how a file differs between two versions, in the editor's own diff; where only one has it, that one. */
export async function showFileDiff(server: Pick<Server, 'request'>, { path, ...pair }: VersionedFile): Promise<void> {
  const { folder, model, before, after } = pair;
  const { files } = await server.request(compareVersions, pair);
  const change = files.find(({ name }) => name === path)?.change;
  const fileOf = async (selector: string) =>
    Uri.file((await server.request(versionFile, { folder, model, selector, path })).file);
  if (change === 'added' || change === 'removed') {
    await registry.executeCommand('vscode.open', await fileOf(change === 'added' ? after : before));
    return;
  }
  const [left, right] = await Promise.all([fileOf(before), fileOf(after)]);
  await registry.executeCommand('vscode.diff', left, right, `${path} (${model} ${before} ↔ ${after})`);
}
