import type { ModelPolicy } from './model-documents.ts';
import type { ModelRegistry } from './model-registry.ts';

const usualAlias = 'champion';

/**
 * The version of a model that people use today: that of the last stage that has one, else the `champion`. Null where
 * none is in use.
 */
export async function versionInUse(
  registry: ModelRegistry,
  { model, policy }: { readonly model: string; readonly policy: ModelPolicy | null },
  signal?: AbortSignal,
): Promise<string | null> {
  const versions = await registry.listVersions(model, signal);
  const stages = (policy?.document.stages ?? []).map(({ name }) => name).reverse();
  for (const stage of stages) {
    const found = versions.find((version) => version.stage === stage);
    if (found) return found.version;
  }
  return (await registry.aliases(model, signal)).get(usualAlias) ?? null;
}
