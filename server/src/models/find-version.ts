import type { ModelVersionDetails } from '#schemas/domain/model-version.ts';
import { parseModelReference, requireModelName } from './model-reference.ts';
import type { ModelRegistry } from './model-registry.ts';
import { resolveVersion } from './resolve-version.ts';

/** The version that `name@1.2.0`, `name@champion`, `name@^1.2` or `name@latest` means. Fails with `input` and `not-found`. */
export async function findVersion(
  registry: ModelRegistry,
  text: string,
  signal?: AbortSignal,
): Promise<ModelVersionDetails> {
  const reference = parseModelReference(text);
  const [versions, aliases] = await Promise.all([
    registry.listVersions(reference.model, signal),
    registry.aliases(reference.model, signal),
  ]);
  return registry.version(reference.model, resolveVersion(reference, versions, aliases), signal);
}

/** A version by the name of its model and what stands behind the `@`. */
export function findVersionOf(
  registry: ModelRegistry,
  { model, selector }: { readonly model: string; readonly selector: string },
  signal?: AbortSignal,
): Promise<ModelVersionDetails> {
  return findVersion(registry, `${requireModelName(model)}@${selector}`, signal);
}
