import { Cron } from 'croner';
import { validRange } from 'semver';

/** What is wrong with a cron schedule; null for one that fires some day. */
export function cronProblem(schedule: string): string | null {
  try {
    const next = new Cron(schedule, { paused: true, timezone: 'UTC' }).nextRun();
    return next === null ? 'This schedule never comes about.' : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern:\s*/, '') : String(error);
    return `This is no cron schedule: ${reason.replace(/\.$/, '')}.`;
  }
}

/** What is wrong with the part behind `@` of a model reference: a version, a range, or an alias. */
export function modelVersionProblem(version: string): string | null {
  if (version === '') return 'A version, alias or range is missing after the @.';
  if (/^[\d^~<>=*]|^[vxX](?=[\d.]|$)/.test(version))
    return validRange(version) === null
      ? `\`${version}\` is no version and no range, such as 1.2.0, ^1.2 or >=1.0 <2.`
      : null;
  return /^[A-Za-z][\w.-]*$/.test(version) ? null : `\`${version}\` can be no alias: letters, digits, _, . and - only.`;
}

const host = String.raw`(?:localhost|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+|[A-Za-z0-9-]+(?=:\d)|\[[0-9A-Fa-f:]+\])(?::\d+)?`;
const component = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
/** The grammar of github.com/distribution/reference. */
const image = new RegExp(
  `^(?:${host}/)?${component}(?:/${component})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,})?$`,
);

/** What is wrong with a reference to a container image; an expression counts as a word that fits. */
export function imageProblem(reference: string): string | null {
  const filled = reference.replace(/\$\{\{[\s\S]*?\}\}/g, 'x');
  if (image.test(filled)) return null;
  const lower = filled.replace(/^[^:@]*/, (name) => name.toLowerCase());
  if (/[A-Z]/.test(filled) && image.test(lower)) return 'The name of an image has lower-case letters only.';
  return `\`${reference}\` is no image, such as ghcr.io/example/churn:1.2.0.`;
}
