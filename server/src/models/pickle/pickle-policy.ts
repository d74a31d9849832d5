import type { PickleReport } from '#schemas/domain/pickle-report.ts';

/** What a Model document says about pickles. */
export type PicklePolicy = 'forbid' | 'scan' | 'allow';

const shown = 3;

/** What a scan means under a policy, in a line. */
export function judgePickles(
  { verdict, files }: PickleReport,
  policy: PicklePolicy,
): { readonly safe: boolean; readonly detail: string } {
  if (verdict === null) return { safe: true, detail: 'There is no pickle in it.' };
  if (policy === 'forbid') return { safe: false, detail: `It has pickles: ${list(files.map(placeOf))}.` };
  if (verdict === 'safe') {
    return {
      safe: true,
      detail: `${files.length === 1 ? 'Its pickle imports' : 'Its pickles import'} known classes only.`,
    };
  }
  const odd = files.flatMap((file) => {
    const finding = file.findings.find((one) => one.verdict === file.verdict);
    return finding
      ? [`${placeOf(file)} – ${finding.name === 'unreadable' ? '' : `${finding.name}: `}${finding.detail}`]
      : [];
  });
  return { safe: false, detail: `Unpickling is not safe (${verdict}): ${list(odd)}` };
}

function placeOf({ path, member }: PickleReport['files'][number]): string {
  return member === null ? path : `${path}:${member}`;
}

function list(texts: readonly string[]): string {
  const more = texts.length > shown ? ` and ${texts.length - shown} more` : '';
  return texts.slice(0, shown).join('; ') + more;
}
