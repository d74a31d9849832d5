import { formatVersion } from '../../models/model-reference.ts';
import { carryOut, planStagePromotion, planStageRollback, type StageProposal } from '../../models/promote.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { versionArgument, withModels } from '../models.ts';
import { harmless } from '../output.ts';
import { confirm } from '../prompt.ts';
import { renderTable } from '../table.ts';

export interface StageFlags {
  readonly reason: string | null;
  /** Show what would change, and change nothing. */
  readonly dryRun: boolean;
  /** Ask nothing at a terminal. */
  readonly yes: boolean;
}

/** Promotes a version. Ends with 1 where something stands against it. */
export function promoteModel(
  invocation: Invocation,
  { version, stage, ...flags }: StageFlags & { readonly version: string; readonly stage: string },
): Promise<number> {
  const request = { ...versionArgument(version), stage };
  return change(invocation, flags, (models) => planStagePromotion(models, request, invocation.signal));
}

/** Goes back to an earlier version. Ends with 1 where something stands against it. */
export function rollBackModel(
  invocation: Invocation,
  {
    model,
    to,
    stage,
    ...flags
  }: StageFlags & { readonly model: string; readonly to: string; readonly stage: string | null },
): Promise<number> {
  return change(invocation, flags, (models) =>
    planStageRollback(models, { model, selector: to, stage }, invocation.signal),
  );
}

type Plan = (models: Parameters<typeof planStagePromotion>[0]) => Promise<StageProposal>;

function change(invocation: Invocation, { reason, dryRun, yes }: StageFlags, plan: Plan): Promise<number> {
  return withModels(invocation, async (models) => {
    const proposal = await plan(models);
    if (!invocation.output.json) await show(invocation, proposal);
    const isPossible = proposal.plan.problems.length === 0;
    const goesOn = isPossible && !dryRun && (yes || (await confirmed(invocation, proposal)));
    if (goesOn) await carryOut(models, proposal, reason, invocation.signal);
    await tell(invocation, proposal, goesOn);
    return isPossible && (goesOn || dryRun) ? exitCodes.done : exitCodes.no;
  });
}

async function show({ output }: Invocation, { plan }: StageProposal): Promise<void> {
  const { text } = renderTable(
    plan.steps,
    [
      { header: 'CHANGE', cell: ({ what }) => what, shrinkTo: 20 },
      { header: 'BEFORE', cell: ({ before }) => before ?? '–', style: () => 'red' },
      { header: 'AFTER', cell: ({ after }) => after ?? '–', style: () => 'green' },
    ],
    output,
  );
  await output.text(text);
}

function confirmed(invocation: Invocation, { action, candidate, stage }: StageProposal): Promise<boolean> {
  const name = formatVersion(candidate);
  const question = action === 'promote' ? `Promote ${name} to ${stage}?` : `Roll ${stage} back to ${name}?`;
  return confirm(invocation, question);
}

async function tell({ output }: Invocation, { action, candidate, stage, plan }: StageProposal, done: boolean) {
  const { steps, problems } = plan;
  if (output.json) {
    const { model, version } = candidate;
    await output.document({ model, version, stage, action, done, steps, problems });
    return;
  }
  for (const problem of problems) await output.note(output.style('red', harmless(`✗ ${problem}`)));
  if (problems.length > 0) await output.note('Nothing was changed.');
  else if (!done) await output.note('Nothing was changed: this is what would be.');
  else await output.note(output.style('green', `✓ ${formatVersion(candidate)} is in ${stage}.`));
}
