import { FailureError } from '../platform/failure.ts';
import type { ModelPolicy } from './model-documents.ts';
import type { StagePolicy } from './promotion.ts';

/** What the Model document asks of a stage; null where it names none at all: then nothing is asked. */
export function requireStage(name: string, policy: ModelPolicy | null): StagePolicy | null {
  const stages = policy?.document.stages ?? [];
  const stage = stages.find((one) => one.name === name);
  if (stage) return stage;
  if (stages.length === 0) {
    if (/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(name)) return null;
    throw new FailureError('input', `“${name}” can’t be a stage: write letters, digits and dashes, as in production.`);
  }
  throw new FailureError('input', `${policy?.document.metadata.name ?? 'The model'} has no stage “${name}”.`, {
    remedy: `Its Model document has: ${stages.map((one) => one.name).join(', ')}.`,
  });
}
