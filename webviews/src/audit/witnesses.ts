import type { AuditVerdict } from '#schemas/domain/audit.ts';
import { format } from '../shared/format.ts';

export interface Witness {
  readonly icon: string;
  readonly text: string;
  readonly isBad: boolean;
}

/** What vouches for a log beside its own chain, and what does not hold of it. */
export function witnessesOf(verdict: AuditVerdict, now: number): Witness[] {
  const { entries, anchors, checkpoints } = verdict;
  const bad = checkpoints.flatMap(({ file, problem }): Witness[] => {
    // What the whole verdict says already.
    if (!problem || problem.detail === verdict.detail) return [];
    // What the log lost is told with the file's name.
    const isLost = problem.reason === 'cut' || problem.reason === 'rewritten';
    const text = isLost ? problem.detail : `Checkpoint ${file}: ${problem.detail}`;
    return [{ icon: 'error', text, isBad: problem.reason !== 'other-registry' }];
  });
  if (entries === 0 && checkpoints.length === 0 && anchors.length === 0) return [];
  const signed = checkpoints.filter(({ problem }) => problem === null).at(-1);
  const by = signed
    ? `Signed by ${signed.signer} up to entry ${signed.seq}, ${format.ago(signed.time ?? 0, now)}.`
    : checkpoints.length === 0
      ? 'Not signed.'
      : 'No checkpoint holds.';
  return [
    ...bad,
    { icon: signed ? 'verified-filled' : 'unverified', text: by, isBad: false },
    ...anchorTexts(verdict).map((text) => ({ icon: 'git-commit', text, isBad: false })),
  ];
}

const places = { git: 'Git', mlflow: 'MLflow' } as const;

function anchorTexts({ anchors, brokenAt }: AuditVerdict): string[] {
  if (anchors.length === 0) return ['Not noted in Git.'];
  return anchors.map(({ place, seq }) =>
    brokenAt !== null && brokenAt <= seq
      ? `${places[place]} knows entry ${seq} of the log that was.`
      : `Noted in ${places[place]} up to entry ${seq}.`,
  );
}

/** What only the chain itself vouches for: who may write the database could have written these entries anew. */
export function unwitnessed({ entries, intact, anchors, checkpoints }: AuditVerdict): string | null {
  if (!intact || entries === 0) return null;
  const signed = checkpoints.map(({ seq, problem }) => (problem === null ? (seq ?? 0) : 0));
  const rest = entries - Math.max(0, ...anchors.map(({ seq }) => seq), ...signed);
  if (rest <= 0) return null;
  if (rest === entries) return 'Nothing outside of the database vouches for it: sign a checkpoint.';
  return rest === 1 ? 'One entry came after that.' : `${format.count(rest)} entries came after that.`;
}
