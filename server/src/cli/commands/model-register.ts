import { resolve } from 'node:path';
import { formatBytes } from '#schemas/domain/bytes.ts';
import { registerVersion } from '../../models/register-version.ts';
import type { Bump } from '../../models/version-order.ts';
import { runFacts } from '../../run-facts.ts';
import { exitCodes } from '../exit.ts';
import { plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { withModels } from '../models.ts';
import { harmless } from '../output.ts';
import { withProgress } from '../progress-bar.ts';
import { findRun } from '../run-references.ts';

export interface RegisterFlags {
  readonly name: string;
  readonly version: string | null;
  readonly bump: Bump | null;
  readonly run: string | null;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly parents: readonly string[];
}

/** Registers what lies in a directory as the next version of a model. */
export async function registerModel(invocation: Invocation, directory: string, flags: RegisterFlags): Promise<number> {
  const { output, signal, cwd } = invocation;
  const { name, version, bump, description, tags, parents } = flags;
  const registered = await withModels(invocation, async (models, workspace) => {
    const ref = flags.run === null ? null : await findRun(workspace, flags.run, signal);
    const run = ref && (await runFacts(await workspace.tracker(ref.tracker, signal), ref, signal));
    const about = { run, description, tags, parents };
    const request = { directory: resolve(cwd, directory), model: name, version, bump, ...about };
    return withProgress(invocation, `Registering ${directory}`, (show) =>
      registerVersion(models, request, {
        signal,
        onProgress: (phase, done, total) => show(phase === 'hash' ? 'Reading files' : 'Storing files', done, total),
      }),
    );
  });
  const { model, size, fileCount, rootDigest, manifestDigest, signed } = registered.version;
  if (output.json) {
    const { notes } = registered;
    await output.document({
      name: model,
      version: registered.version.version,
      rootDigest,
      manifestDigest,
      signed,
      notes,
    });
    return exitCodes.done;
  }
  const what = `${plural(fileCount, 'file')}, ${formatBytes(size)}${signed ? ', signed' : ''}`;
  await output.text(
    output.style('green', `✓ ${model}@${registered.version.version}`) + output.style('dim', `  ${what}`),
  );
  for (const note of registered.notes) await output.note(harmless(note));
  return exitCodes.done;
}
