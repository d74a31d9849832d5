/** Other tools' files that are understood; each can be switched off by itself. */
export const ecosystems = ['mlproject', 'dvc', 'kserve', 'argo', 'kfp', 'conda'] as const;
export type Ecosystem = (typeof ecosystems)[number];

const environmentName = /^(?:[\w.-]*[-_.])?(?:conda|environment)(?:[-_.][\w.-]*)?\.ya?ml$/;
const clusterText = /^apiVersion:[ \t]*["']?(?:argoproj\.io\/v1alpha1|serving\.kserve\.io\/v1(?:alpha1|beta1))\b/m;
const pipelineText = /^(?:schemaVersion|pipelineInfo):/m;

/** Larger files were not written by a person. */
const MAX_LENGTH = 2 * 1024 * 1024;

/** Whether a file's name alone says that it is an ecosystem's. `MLProject` is taken by MLflow, too. */
export function isEcosystemName(fileName: string): boolean {
  const name = fileName.toLowerCase();
  return name === 'mlproject' || name === 'dvc.yaml' || isEnvironmentName(name);
}

/** The name of a conda environment file; others may have such names. */
export function isEnvironmentName(fileName: string): boolean {
  return environmentName.test(fileName.toLowerCase());
}

/**
 * Whether a file may hold a document of an ecosystem, by its name and a look at its text: cheap, so that all other YAML
 * costs nothing.
 */
export function mayBeEcosystem(fileName: string, text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  return isEcosystemName(fileName) || clusterText.test(text) || pipelineText.test(text);
}
