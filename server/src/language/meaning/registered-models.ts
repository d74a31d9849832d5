import { maxSatisfying, validRange } from 'semver';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { RegisteredModel } from '../providers/ports.ts';
import type { Unit } from '../symbols/file-symbols.ts';
import type { MeaningFinding } from './finding.ts';
import { modelVersionProblem } from './value-forms.ts';

/** What the model registry has. It may not know yet (null), and then learns it and says so later. */
export interface ModelProvider {
  models(uri: string): readonly RegisteredModel[] | null;
}

/** Versions of a registered model that a unit names and that are known not to be there. */
export function checkRegisteredModels(uri: string, unit: Unit, provider: ModelProvider): MeaningFinding[] {
  const models = provider.models(uri);
  if (models === null) return [];
  return unit.symbols.references.flatMap(({ kind, name, owner, span }) => {
    // What has no form of its own to stand on is told of by that.
    if (kind !== 'modelVersion' || modelVersionProblem(name) !== null) return [];
    const model = models.find((each) => each.name === owner);
    // One that nobody registered yet may be about to be.
    if (!model || has(model, name)) return [];
    const replacements = didYouMean(name, [...model.aliases.map((alias) => alias.name), ...model.versions]);
    const message = `The registry has no \`${owner}@${name}\`; it has ${offered(model)}.`;
    return [{ code: 'unknown-model-version' as const, span, message, replacements }];
  });
}

function has(model: RegisteredModel, selector: string): boolean {
  // A model of pre-releases alone has a latest one, whichever that is.
  return isLatest(selector) ? model.versions.length > 0 : versionMeant(model, selector) !== null;
}

/** The version that a version, an alias or a range means today; null where it means none that there is. */
export function versionMeant({ aliases, versions }: RegisteredModel, selector: string): string | null {
  if (versions.includes(selector)) return selector;
  const alias = aliases.find(({ name }) => name === selector);
  if (alias) return alias.version;
  const range = isLatest(selector) ? '*' : selector;
  return validRange(range) === null ? null : maxSatisfying([...versions], range);
}

function isLatest(selector: string): boolean {
  return selector.toLowerCase() === 'latest';
}

const shown = 3;

function offered({ aliases, versions }: RegisteredModel): string {
  const names = [...aliases.map(({ name, version }) => `${name} (${version})`), ...versions.slice(0, shown)];
  const more = versions.length > shown ? ` and ${versions.length - shown} more` : '';
  return names.length === 0 ? 'no version' : names.join(', ') + more;
}
