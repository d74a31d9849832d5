import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { FailureError } from '../../platform/failure.ts';
import type { KnownHead } from './chain.ts';

const run = promisify(execFile);

/** Notes of their own: they are fetched and pushed as `refs/notes/mlops-audit`, and change no commit. */
const ref = 'mlops-audit';
const patienceMs = 20_000;
const largestAnswer = 16 * 1024 * 1024;

const anchor = z.object({
  /** The log's id: for a registry that keeps its log itself, its own. */
  registry: z.string(),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Writes the head of a registry's audit log as a Git note on the commit that the folder is at: whoever has a copy of the
 * repository can tell from then on whether the log was cut or written anew. Answers the commit, shortened. Fails with
 * `input` where the folder is in no Git repository with a commit, or Git is missing.
 */
export async function writeGitAnchor(
  folder: string,
  head: { readonly log: string } & Pick<AuditEntry, 'seq' | 'hash'>,
): Promise<string> {
  const { log, seq, hash } = head;
  try {
    const commit = await git(folder, ['rev-parse', '--short=12', '--verify', 'HEAD']);
    const line = JSON.stringify({ registry: log, seq, hash });
    await git(folder, ['notes', `--ref=${ref}`, 'append', '-m', line, 'HEAD']);
    return commit.trim();
  } catch (cause) {
    throw new FailureError('input', `The head of the audit log can’t be noted in Git: ${reasonOf(cause)}`, {
      remedy: 'Anchors need a Git repository with a commit, and a user.name and user.email that Git knows.',
      cause,
    });
  }
}

/** Heads of a registry's audit log that Git notes know; none where there is no repository. Never fails. */
export async function readGitAnchors(folder: string, log: string): Promise<KnownHead[]> {
  const listed = await git(folder, ['notes', `--ref=${ref}`, 'list']).catch(() => '');
  const notes = listed
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([note, commit]) => (note && commit ? [{ note, commit }] : []));
  const found = await Promise.all(
    notes.map(async ({ note, commit }) => {
      const text = await git(folder, ['cat-file', 'blob', note]).catch(() => '');
      return text.split('\n').flatMap((line) => headIn(line, log, commit));
    }),
  );
  return found.flat().sort((a, b) => a.seq - b.seq);
}

function headIn(line: string, log: string, commit: string): KnownHead[] {
  try {
    const parsed = anchor.safeParse(JSON.parse(line));
    if (!parsed.success || parsed.data.registry !== log) return [];
    const { seq, hash } = parsed.data;
    return [{ seq, hash, kind: 'anchor', source: `the Git note on ${commit.slice(0, 12)}` }];
  } catch {
    return [];
  }
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const options = { cwd: folder, timeout: patienceMs, maxBuffer: largestAnswer, windowsHide: true };
  return (await run('git', [...args], options)).stdout;
}

function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return said.trim().split('\n').at(-1) ?? '';
}
