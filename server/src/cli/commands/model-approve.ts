import { relative, resolve } from 'node:path';
import type { JudgedApproval } from '#schemas/domain/approval.ts';
import { approvalState, approveVersion, requestApproval } from '../../models/approve-version.ts';
import { formatVersion } from '../../models/model-reference.ts';
import { openRequests } from '../../models/open-requests.ts';
import { readPrivateKey } from '../../models/signing/keys.ts';
import { exitCodes } from '../exit.ts';
import { formatTime, plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { readKeyFile, signingPassphrase } from '../keys.ts';
import { versionArgument, withModels } from '../models.ts';
import { harmless } from '../output.ts';
import { renderTable } from '../table.ts';

interface Change {
  readonly version: string;
  readonly stage: string;
}

/** Approves a promotion by a key, as a file in `approvals/`. */
export async function approveModel(
  invocation: Invocation,
  { version, stage, key: path, lifetimeMs }: Change & { readonly key: string; readonly lifetimeMs: number | null },
): Promise<number> {
  const { output, signal, cwd } = invocation;
  const change = { ...versionArgument(version), stage };
  const lifetime = lifetimeMs === null ? {} : { lifetimeMs };
  const file = resolve(cwd, path);
  const key = await readPrivateKey(await readKeyFile(file), file, signingPassphrase(invocation, file));
  const done = await withModels(invocation, async (models) => {
    const approval = await approveVersion(models, { ...change, key, ...lifetime }, signal);
    return { ...approval, state: await approvalState(models, change, signal) };
  });
  const { subject, approver, expiresAt, state } = done;
  if (output.json) {
    const { model, to, manifestDigest, report } = subject;
    const told = { model, version: subject.version, to, manifestDigest, report };
    await output.document({
      approval: done.file,
      approver,
      expiresAt,
      ...told,
      approvals: state.valid.length,
      needed: state.needed,
    });
    return exitCodes.done;
  }
  const place = relative(cwd, done.file);
  await output.text(
    `${output.style('green', '✓')} ${approver} approves ${formatVersion(subject)} for ${subject.to}: ${place}`,
  );
  await output.note(
    `${state.valid.length} of ${state.needed} approvals. It counts until ${formatTime(expiresAt)}, and once.`,
  );
  return exitCodes.done;
}

/** Asks for approvals, as a file in `approvals/`. */
export async function requestModelApproval(
  invocation: Invocation,
  { version, stage, comment }: Change & { readonly comment: string | null },
): Promise<number> {
  const { output, signal, cwd } = invocation;
  const request = { ...versionArgument(version), stage, comment };
  const { file, subject, needed } = await withModels(invocation, (models) => requestApproval(models, request, signal));
  if (output.json)
    await output.document({ request: file, model: subject.model, version: subject.version, to: stage, needed });
  else
    await output.note(`${plural(needed, 'approval')} asked for: ${relative(cwd, file)}. Commit it, and ask people to run
mlops model approve ${formatVersion(subject)} --to ${stage} --key KEY`);
  return exitCodes.done;
}

/** Shows which promotions wait for approvals. */
export async function listApprovalRequests(invocation: Invocation): Promise<number> {
  const { output, signal } = invocation;
  const requests = await withModels(invocation, (models) => openRequests(models, signal));
  if (output.json) {
    await output.document({ requests });
    return exitCodes.done;
  }
  if (requests.length === 0) {
    await output.note('Nobody asks for an approval.');
    return exitCodes.done;
  }
  const { text } = renderTable(
    requests,
    [
      { header: 'VERSION', cell: formatVersion, shrinkTo: 12 },
      { header: 'TO', cell: ({ to }) => to },
      {
        header: 'APPROVALS',
        cell: ({ valid, needed }) => `${valid} of ${needed}`,
        style: ({ valid, needed }) => (valid >= needed ? 'green' : 'yellow'),
      },
      { header: 'ASKED BY', cell: ({ requestedBy }) => requestedBy, optional: 2 },
      { header: 'UNTIL', cell: ({ expiresAt }) => formatTime(expiresAt), style: () => 'dim', optional: 1 },
      { header: 'COMMENT', cell: ({ comment }) => comment ?? '', shrinkTo: 16 },
    ],
    output,
  );
  await output.text(text);
  return exitCodes.done;
}

/** Shows the approvals of a promotion. Ends with 1 where there are too few. */
export async function showApprovals(invocation: Invocation, { version, stage }: Change): Promise<number> {
  const { output, signal } = invocation;
  const change = { ...versionArgument(version), stage };
  const { needed, valid, approvals } = await withModels(invocation, (models) => approvalState(models, change, signal));
  const code = valid.length >= needed ? exitCodes.done : exitCodes.no;
  if (output.json) {
    await output.document({ needed, valid: valid.length, approvals });
    return code;
  }
  if (approvals.length > 0) {
    const { text } = renderTable(
      approvals,
      [
        { header: 'APPROVAL', cell: ({ file }) => file, shrinkTo: 20 },
        { header: 'BY', cell: ({ approver }) => approver ?? '?' },
        { header: 'COUNTS', cell: worth, style: (one) => (one.void === null ? 'green' : 'red'), shrinkTo: 20 },
        { header: 'UNTIL', cell: ({ expiresAt }) => formatTime(expiresAt), style: () => 'dim', optional: 1 },
      ],
      output,
    );
    await output.text(text);
  }
  await output.note(harmless(`${valid.length} of ${needed} approvals.`));
  return code;
}

function worth({ void: problem }: JudgedApproval): string {
  return problem === null ? 'yes' : `no: ${problem.detail}`;
}
