import { modelAlias } from '#schemas/domain/model-version.ts';
import { FailureError } from '../platform/failure.ts';
import { findVersionOf } from './find-version.ts';
import type { ModelContext } from './model-context.ts';
import { formatVersion, requireModelName } from './model-reference.ts';

interface OneVersion {
  readonly model: string;
  /** A version, an alias or a range. */
  readonly selector: string;
  readonly reason: string | null;
}

/**
 * Lets an alias stand for a version, or for none. An alias that a stage moves along can't be set by hand: that would go
 * round its gates. Fails with `input`, `not-found`, `permission` and `busy`.
 */
export async function setAlias(
  context: ModelContext,
  { model, alias, selector, reason }: { model: string; alias: string; selector: string | null; reason: string | null },
  signal?: AbortSignal,
): Promise<{ readonly before: string | null; readonly after: string | null }> {
  const name = requireModelName(model);
  const actor = await context.people.authorize('promote');
  requireAlias(alias);
  await refuseStageAlias(context, name, alias, signal);
  const before = (await context.registry.aliases(name, signal)).get(alias) ?? null;
  const after =
    selector === null
      ? null
      : (await findVersionOf(context.registry, { model: name, selector }, signal)).version.version;
  if (before === after) return { before, after };
  await context.registry.change(
    name,
    [{ type: 'alias', alias, from: before, to: after }],
    { action: after === null ? 'remove alias' : 'set alias', actor, reason, nonces: [] },
    signal,
  );
  return { before, after };
}

/** Takes a version out of sight, or back. It stays and can be named. Fails with `input` where it is in use. */
export async function archiveVersion(
  context: ModelContext,
  { model, selector, archived, reason }: OneVersion & { readonly archived: boolean },
  signal?: AbortSignal,
): Promise<string> {
  const actor = await context.people.authorize('archive');
  const { version } = await findVersionOf(context.registry, { model, selector }, signal);
  if (version.archived !== archived) {
    const act = { action: archived ? 'archive' : 'unarchive', actor, reason, nonces: [] };
    const change = { type: 'archive', version: version.version, archived } as const;
    await context.registry.change(version.model, [change], act, signal);
  }
  return formatVersion(version);
}

/**
 * Deletes a version from the registry for good; its number stays taken. `confirmed` has to be its very name, as a
 * person who was asked types or sees it. Contents stay in the store, where other versions may share them.
 */
export async function deleteVersion(
  context: ModelContext,
  { model, selector, reason, confirmed }: OneVersion & { readonly confirmed: string },
  signal?: AbortSignal,
): Promise<string> {
  const actor = await context.people.authorize('delete');
  const { version } = await findVersionOf(context.registry, { model, selector }, signal);
  const name = formatVersion(version);
  if (confirmed !== name) {
    throw new FailureError('input', `What was confirmed is ${confirmed}, but ${name} would be deleted.`, {
      remedy: 'Nothing was deleted. Confirm the version by its full name.',
    });
  }
  const act = { action: 'delete', actor, reason, nonces: [] };
  await context.registry.change(version.model, [{ type: 'delete', version: version.version }], act, signal);
  return name;
}

function requireAlias(alias: string): void {
  const parsed = modelAlias.safeParse(alias);
  if (parsed.success) return;
  throw new FailureError('input', `“${alias}” can’t be an alias. ${parsed.error.issues[0]?.message ?? ''}`.trim());
}

async function refuseStageAlias(context: ModelContext, model: string, alias: string, signal?: AbortSignal) {
  const policy = await context.policy(model, signal);
  const stage = policy?.document.stages?.find((one) => one.alias === alias);
  if (!stage) return;
  throw new FailureError('input', `The alias ${alias} of ${model} moves with the stage ${stage.name}.`, {
    remedy: `Promote a version to ${stage.name}: mlops model promote ${model}@VERSION --to ${stage.name}.`,
  });
}
