import { verifyChain } from '../../models/audit/chain.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { withModels } from '../models.ts';
import { harmless } from '../output.ts';

/** Looks whether the audit log is what was written. Ends with 1 where it is not. */
export async function verifyAudit(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const verdict = await withModels(invocation, async ({ audit }) => verifyChain(audit.entries()));
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
