import type { ModelContext } from '../models/model-context.ts';
import { parseModelReference } from '../models/model-reference.ts';
import type { Workspace } from '../workspace.ts';
import type { Invocation } from './invocation.ts';
import { withWorkspace } from './tracking.ts';

/** Opens the workspace's model registry for a command, and closes it when that is done. */
export function withModels<T>(
  invocation: Invocation,
  work: (models: ModelContext, workspace: Workspace) => Promise<T>,
): Promise<T> {
  return withWorkspace(invocation, undefined, async (workspace) =>
    work(await workspace.models(invocation.signal), workspace),
  );
}

/** `name@selector` of the command line in its two parts. Fails with `input` where it is none. */
export function versionArgument(text: string): { readonly model: string; readonly selector: string } {
  const { model } = parseModelReference(text);
  return { model, selector: text.slice(text.indexOf('@') + 1) };
}
