import { FailureError } from '../../../platform/failure.ts';

// What every registry refuses, in the same words.

export function noSuchVersion(model: string, version: string): FailureError {
  return new FailureError('not-found', `There is no version ${model}@${version}.`);
}

export function noSuchReport(digest: string): FailureError {
  return new FailureError('not-found', `There is no report ${digest}.`);
}

export function isArchived(model: string, version: string): FailureError {
  return new FailureError('input', `${model}@${version} is archived.`, { remedy: 'Take it out of the archive first.' });
}

export function existsAlready(model: string, version: string): FailureError {
  return new FailureError('input', `${model}@${version} exists already.`, {
    remedy: 'A version never changes: register another one.',
  });
}

export function wasDeleted(model: string, version: string): FailureError {
  return new FailureError('input', `${model}@${version} was deleted.`, {
    remedy: 'Its number stays taken, so that nothing else can pass for it: register another one.',
  });
}

export function usedBefore(): FailureError {
  return new FailureError('input', 'An approval was used before.', {
    remedy: 'An approval counts once: ask for new ones.',
  });
}

/** Fails with `busy` where something else is so now than what a plan saw. */
export function expectSame(what: string, is: string | null, was: string | null): void {
  if (is === was) return;
  throw new FailureError('busy', `Meanwhile ${what} became ${is ?? 'none'}; it was ${was ?? 'none'}.`, {
    remedy: 'Nothing was changed. Look at the plan again.',
  });
}

export interface VersionUse {
  readonly model: string;
  readonly version: string;
  readonly stage: string | null;
  readonly aliases: readonly string[];
}

/** Fails with `input` where a version is in a stage or has an alias. */
export function refuseInUse({ model, version, stage, aliases }: VersionUse, what: 'archived' | 'deleted'): void {
  const uses = [...(stage === null ? [] : [`in stage ${stage}`]), ...aliases.map((alias) => `@${alias}`)];
  if (uses.length === 0) return;
  throw new FailureError('input', `${model}@${version} is ${uses.join(' and ')}: it can’t be ${what}.`, {
    remedy: 'Promote another version there first, or take it out of the stage and remove the alias.',
  });
}
