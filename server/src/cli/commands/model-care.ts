import { resolve } from 'node:path';
import { formatBytes } from '#schemas/domain/bytes.ts';
import { downloadVersion } from '../../models/download-version.ts';
import { findVersionOf } from '../../models/find-version.ts';
import { archiveVersion, deleteVersion, setAlias } from '../../models/manage-versions.ts';
import { formatVersion } from '../../models/model-reference.ts';
import { exitCodes } from '../exit.ts';
import { plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { versionArgument, withModels } from '../models.ts';
import { withProgress } from '../progress-bar.ts';
import { confirm } from '../prompt.ts';

/** Lets an alias stand for a version, or for none. */
export async function aliasModel(
  invocation: Invocation,
  given: { readonly version: string; readonly alias: string; readonly remove: boolean; readonly reason: string | null },
): Promise<number> {
  const { output, signal } = invocation;
  const { model, selector } = versionArgument(given.version);
  const { alias, remove, reason } = given;
  const { before, after } = await withModels(invocation, (models) =>
    setAlias(models, { model, alias, selector: remove ? null : selector, reason }, signal),
  );
  if (output.json) await output.document({ model, alias, before, after });
  else if (before === after) await output.note(`${model}@${alias} is ${after ?? 'no alias'} already.`);
  else await output.note(`${model}@${alias}: ${before ?? '–'} → ${after ?? '–'}`);
  return exitCodes.done;
}

/** Takes a version out of sight, or back. */
export async function archiveModel(
  invocation: Invocation,
  given: { readonly version: string; readonly archived: boolean; readonly reason: string | null },
): Promise<number> {
  const { output, signal } = invocation;
  const { archived, reason } = given;
  const version = await withModels(invocation, (models) =>
    archiveVersion(models, { ...versionArgument(given.version), archived, reason }, signal),
  );
  if (output.json) await output.document({ version, archived });
  else await output.note(`${version} is ${archived ? 'archived' : 'no longer archived'}.`);
  return exitCodes.done;
}

/** Deletes a version for good. Without `yes`, a person at a terminal is asked; elsewhere it is refused. */
export async function deleteModel(
  invocation: Invocation,
  given: { readonly version: string; readonly yes: boolean; readonly reason: string | null },
): Promise<number> {
  const { output, signal } = invocation;
  return withModels(invocation, async (models) => {
    const { version } = await findVersionOf(models.registry, versionArgument(given.version), signal);
    const name = formatVersion(version);
    const mayAsk = output.interactive && !output.json;
    const agreed = given.yes || (mayAsk && (await confirm(invocation, `Delete ${name} from the registry for good?`)));
    if (agreed) {
      const request = { model: version.model, selector: version.version, reason: given.reason, confirmed: name };
      await deleteVersion(models, request, signal);
    }
    if (output.json) await output.document({ version: name, deleted: agreed });
    else await output.note(agreed ? `${name} is deleted.` : `${name} stays. Say --yes to delete it.`);
    return agreed ? exitCodes.done : exitCodes.no;
  });
}

/** Brings the files of a version to a directory. */
export async function downloadModel(
  invocation: Invocation,
  given: { readonly version: string; readonly target: string },
): Promise<number> {
  const { output, signal, cwd } = invocation;
  const target = resolve(cwd, given.target);
  const { version, files, bytes } = await withModels(invocation, (models) =>
    withProgress(invocation, `Fetching ${given.version}`, (show) =>
      downloadVersion(
        models,
        { ...versionArgument(given.version), target },
        { signal, onProgress: (done, total) => show('Fetching files', done, total) },
      ),
    ),
  );
  if (output.json) await output.document({ version, files, bytes, target });
  else await output.note(`${version}: ${plural(files, 'file')}, ${formatBytes(bytes)} in ${target}`);
  return exitCodes.done;
}
