import { join } from 'node:path';
import { type ApprovalRequest, approvalRequest } from '#schemas/domain/approval.ts';
import { readSmallFiles, smallFileNames, writeSmallFile } from '../signed-files.ts';

/** In the workspace's folder; in Git, so that a pull request can carry approvals. */
export const approvalsFolder = 'approvals';

const approvalFile = /\.approval\.json$/;
const requestFile = /\.request\.json$/;

/** Approval files of a workspace, in the order of their names. What can’t be read is there with an empty text. */
export function readApprovalFiles(folder: string): Promise<{ readonly file: string; readonly text: string }[]> {
  return readSmallFiles(join(folder, approvalsFolder), approvalFile);
}

/** Names of all files about approvals of a workspace. */
export function readApprovalNames(folder: string): Promise<string[]> {
  return smallFileNames(join(folder, approvalsFolder), /\.(?:approval|request)\.json$/);
}

/** Requests for approval of a workspace, oldest first. What is no request is passed over: it decides nothing. */
export async function readApprovalRequests(folder: string): Promise<ApprovalRequest[]> {
  const files = await readSmallFiles(join(folder, approvalsFolder), requestFile);
  return files.flatMap(({ text }) => parseRequest(text)).sort((a, b) => a.requestedAt - b.requestedAt);
}

export interface ApprovalName {
  readonly model: string;
  readonly version: string;
  readonly to: string;
  readonly nonce: string;
}

/** Writes an approval or a request; answers the file's absolute path. Fails with `permission` and `input`. */
export function writeApprovalFile(
  folder: string,
  { model, version, to, nonce }: ApprovalName,
  { kind, text }: { readonly kind: 'approval' | 'request'; readonly text: string },
): Promise<string> {
  const name = `${model}-${version}-${to}-${nonce.slice(0, 8)}.${kind}.json`;
  return writeSmallFile(join(folder, approvalsFolder), name, text);
}

function parseRequest(text: string): ApprovalRequest[] {
  try {
    const parsed = approvalRequest.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
