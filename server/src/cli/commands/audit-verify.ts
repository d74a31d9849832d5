import { relative, resolve } from 'node:path';
import type { JudgedCheckpoint } from '#schemas/domain/audit.ts';
import { checkpointsFolder } from '../../models/audit/checkpoint.ts';
import { readPrivateKey, readPublicKey } from '../../models/signing/keys.ts';
import { anchorAuditLog, signAuditLog, verifyAuditLog } from '../../models/verify-audit.ts';
import { exitCodes } from '../exit.ts';
import { formatTime } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { readKeyFile, signingPassphrase } from '../keys.ts';
import { withModels } from '../models.ts';
import { harmless } from '../output.ts';

/** Looks whether the audit log is what was written. Ends with 1 where it is not. */
export async function verifyAudit(
  invocation: Invocation,
  { keys: paths }: { readonly keys: readonly string[] },
): Promise<number> {
  const { output, cwd } = invocation;
  const keys = await Promise.all(
    paths.map(async (name) => {
      const file = resolve(cwd, name);
      return { name, key: readPublicKey(await readKeyFile(file), file) };
    }),
  );
  const verdict = await withModels(invocation, (models) => verifyAuditLog(models, keys));
  const code = verdict.intact ? exitCodes.done : exitCodes.no;
  if (output.json) {
    await output.document(verdict);
    return code;
  }
  for (const warning of verdict.warnings) await output.note(output.style('yellow', harmless(`warning: ${warning}`)));
  const sign = signOf(invocation, verdict.intact);
  await output.text(`${sign} ${harmless(verdict.detail)}`);
  for (const { place, seq } of verdict.anchors) await output.text(`  Entry ${seq} is noted in ${places[place]}.`);
  for (const checkpoint of verdict.checkpoints) await output.text(`  ${checkpointLine(invocation, checkpoint)}`);
  return code;
}

function checkpointLine(invocation: Invocation, { file, seq, time, signer, problem }: JudgedCheckpoint): string {
  const sign = signOf(invocation, problem === null);
  const place = `${checkpointsFolder}/${file}`;
  if (problem) return `${sign} ${harmless(`${place}: ${problem.detail} (${problem.reason})`)}`;
  return `${sign} ${harmless(`${place}: entry ${seq}, signed by ${signer} at ${formatTime(time)}`)}`;
}

const places = { git: 'Git', mlflow: 'MLflow' } as const;

function signOf({ output }: Invocation, isGood: boolean): string {
  return isGood ? output.style('green', '✓') : output.style('red', '✗');
}

/** Notes the head of the audit log in Git, and in MLflow where that is the registry, so that a log that is cut or written anew is found. */
export async function anchorAudit(invocation: Invocation): Promise<number> {
  const { output } = invocation;
  const { seq, hash, commit, model, warning } = await withModels(invocation, anchorAuditLog);
  const places = [...(commit === null ? [] : [commit]), ...(model === null ? [] : [`the model ${model}`])];
  if (output.json) await output.document({ seq, hash, commit, model });
  else {
    const entry = `Entry ${seq} (${hash.slice(0, 12)}) is noted on ${places.join(' and ')}.`;
    await output.text(`${output.style('green', '✓')} ${harmless(entry)}`);
  }
  if (warning !== null) await output.note(output.style('yellow', harmless(`warning: ${warning}`)));
  if (commit !== null) await output.note('Share it: git push origin refs/notes/mlops-audit');
  return exitCodes.done;
}

/** Signs the head of the audit log by a key, as a file in `audit/`. */
export async function checkpointAudit(
  invocation: Invocation,
  { key: path }: { readonly key: string },
): Promise<number> {
  const { output, cwd } = invocation;
  const pem = resolve(cwd, path);
  const key = await readPrivateKey(await readKeyFile(pem), pem, signingPassphrase(invocation, pem));
  const { file, seq, hash, time, signer } = await withModels(invocation, (models) => signAuditLog(models, key));
  if (output.json) {
    await output.document({ checkpoint: file, seq, hash, time, signer });
  } else {
    const place = harmless(relative(cwd, file));
    await output.text(`${output.style('green', '✓')} Entry ${seq} (${hash.slice(0, 12)}) is signed: ${place}`);
  }
  if (signer === null) {
    await output.note(
      'This key is no member’s: name its public half to those who verify, by mlops audit verify --key.',
    );
  } else {
    await output.note(`Commit it, so that others have it: git add ${checkpointsFolder}`);
  }
  return exitCodes.done;
}
