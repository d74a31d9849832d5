import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApprovalRequest, approvalRequest } from '#schemas/domain/approval.ts';
import { unwritable, writeFileWhole } from '../../platform/write-file.ts';

/** In the workspace's folder; in Git, so that a pull request can carry approvals. */
export const approvalsFolder = 'approvals';

const approvalFile = /\.approval\.json$/;
const requestFile = /\.request\.json$/;
/** An approval has some 2 kB. */
const largestFile = 100_000;

/** Approval files of a workspace, in the order of their names. What can’t be read is there with an empty text. */
export async function readApprovalFiles(folder: string): Promise<{ readonly file: string; readonly text: string }[]> {
  const directory = join(folder, approvalsFolder);
  const names = await filesOf(directory, approvalFile);
  return Promise.all(names.map(async (file) => ({ file, text: await textOf(join(directory, file)) })));
}

/** Names of all files about approvals of a workspace. */
export function readApprovalNames(folder: string): Promise<string[]> {
  return filesOf(join(folder, approvalsFolder), /\.(?:approval|request)\.json$/);
}

/** Requests for approval of a workspace, oldest first. What is no request is passed over: it decides nothing. */
export async function readApprovalRequests(folder: string): Promise<ApprovalRequest[]> {
  const directory = join(folder, approvalsFolder);
  const texts = await Promise.all((await filesOf(directory, requestFile)).map((file) => textOf(join(directory, file))));
  return texts.flatMap(parseRequest).sort((a, b) => a.requestedAt - b.requestedAt);
}

export interface ApprovalName {
  readonly model: string;
  readonly version: string;
  readonly to: string;
  readonly nonce: string;
}

/** Writes an approval or a request; answers the file's absolute path. Fails with `permission` and `input`. */
export async function writeApprovalFile(
  folder: string,
  { model, version, to, nonce }: ApprovalName,
  { kind, text }: { readonly kind: 'approval' | 'request'; readonly text: string },
): Promise<string> {
  const directory = join(folder, approvalsFolder);
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw unwritable(directory, error);
  });
  const file = join(directory, `${model}-${version}-${to}-${nonce.slice(0, 8)}.${kind}.json`);
  await writeFileWhole(file, text);
  return file;
}

async function filesOf(directory: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return bytes.length > largestFile ? '' : bytes.toString('utf8');
  } catch {
    return '';
  }
}

function parseRequest(text: string): ApprovalRequest[] {
  try {
    const parsed = approvalRequest.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
