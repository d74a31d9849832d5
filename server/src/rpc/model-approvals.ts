import { join } from 'node:path';
import * as protocol from '#schemas/protocol/models.ts';
import { approvalsFolder } from '../models/approvals/approval-folder.ts';
import { approvalState, approveVersion, requestApproval } from '../models/approve-version.ts';
import type { BackendContext } from './context.ts';
import { keyOf, type ModelParts } from './model-parts.ts';
import { registerRequest } from './register.ts';

/** Answers what is asked about approvals of promotions. */
export function registerApprovalHandlers(context: BackendContext, { open, tell }: ModelParts): void {
  registerRequest(context, protocol.listApprovals, async ({ folder, ...change }, { signal }) => {
    const models = await open(folder, signal);
    const { needed, valid, approvals } = await approvalState(models, change, signal);
    const directory = join(models.folder, approvalsFolder);
    return { needed, valid: valid.length, approvals: [...approvals], directory };
  });
  registerRequest(context, protocol.requestApproval, async ({ folder, ...change }, { signal }) => {
    const { file, needed } = await requestApproval(await open(folder, signal), change, signal);
    tell(folder);
    return { file, needed };
  });
  registerRequest(
    context,
    protocol.approveVersion,
    async ({ folder, key: path, passphrase, ...change }, { signal }) => {
      const models = await open(folder, signal);
      const key = await keyOf(context, { file: path, passphrase });
      const { file, approver, expiresAt } = await approveVersion(models, { ...change, key }, signal);
      const { needed, valid } = await approvalState(models, change, signal);
      tell(folder);
      return { file, approver, expiresAt, needed, valid: valid.length };
    },
  );
}
