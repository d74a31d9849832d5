import { anchorAuditLog, verifyAuditLog } from '../../models/verify-audit.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { withModels } from '../models.ts';
import { harmless } from '../output.ts';

/** Looks whether the audit log is what was written. Ends with 1 where it is not. */
export async function verifyAudit(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const verdict = await withModels(invocation, verifyAuditLog);
  const code = verdict.intact ? exitCodes.done : exitCodes.no;
  if (output.json) {
    await output.document(verdict);
    return code;
  }
  for (const warning of verdict.warnings) await output.note(output.style('yellow', harmless(`warning: ${warning}`)));
  const sign = verdict.intact ? output.style('green', '✓') : output.style('red', '✗');
  await output.text(`${sign} ${harmless(verdict.detail)}`);
  return code;
}

/** Notes the head of the audit log in Git, so that a log that is cut or written anew is found. */
export async function anchorAudit(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const { seq, hash, commit } = await withModels(invocation, anchorAuditLog);
  if (output.json) await output.document({ seq, hash, commit });
  else await output.text(`${output.style('green', '✓')} Entry ${seq} (${hash.slice(0, 12)}) is noted on ${commit}.`);
  await output.note('Share it: git push origin refs/notes/mlops-audit');
  return exitCodes.done;
}
