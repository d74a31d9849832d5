import { open, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type DriftProfile, driftProfile } from '#schemas/domain/drift-profile.ts';
import type { DriftReport } from '#schemas/domain/drift-report.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { FileCheck, FileName } from '../../drift/drift-checker.ts';
import { buildProfile } from '../../drift/profile/build-profile.ts';
import { compareWithProfile } from '../../drift/profile/compare-with-profile.ts';
import { mergeProfiles } from '../../drift/profile/merge-profiles.ts';
import type { ProfileRequest } from '../../drift/profile/profile-request.ts';
import { DuckDbColumns } from './column-source.ts';
import { DuckDbData } from './duckdb-data.ts';
import { type SessionOptions, withDuckDb } from './session.ts';
import { findSource } from './sources.ts';

interface Options extends SessionOptions {
  readonly onProgress: (done: number, total: number) => void;
}

const LARGEST = 32 * 1024 * 1024;
/** What a profile says of itself in its first characters; a file of data has no reason to. */
const isProfileHead = /^\s*\{\s*"form"\s*:\s*"mlops\.drift-profile\//;

/**
 * The profile in a file; null where the file holds data, or is not there. Fails with `corrupt` where it is a profile that can’t
 * be read, and `unsupported` where it is one of a newer version.
 */
export async function readProfile({ path, folder }: FileName): Promise<DriftProfile | null> {
  const file = isAbsolute(path) ? path : join(folder, path);
  if (!isProfileHead.test(await headOf(file))) return null;
  const text = await readFile(file, 'utf8');
  if (text.length > LARGEST) throw new FailureError('corrupt', `${path} is too large for a profile.`);
  const parsed = driftProfile.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  const newer = /^\s*\{\s*"form"\s*:\s*"mlops\.drift-profile\/v(?!1")/.test(text);
  const [issue] = parsed.error.issues;
  const where = issue ? ` (${issue.path.map(String).join('.')}: ${issue.message})` : '';
  throw new FailureError(
    newer ? 'unsupported' : 'corrupt',
    `${path} is a profile that can’t be read${newer ? '' : where}.`,
    {
      remedy: newer
        ? 'It was written by a newer version: update MLOps Workbench.'
        : 'Write it anew with mlops profile.',
    },
  );
}

async function headOf(file: string): Promise<string> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    // A glob, a folder or nothing: whoever reads data says what is wrong.
    return '';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Compares data in files with a profile. */
export async function checkByProfile(profile: DriftProfile, check: FileCheck, options: Options): Promise<DriftReport> {
  return withColumns(check.current, options, (current) => compareWithProfile(profile, current, check.request, options));
}

/** The profile of files and profiles, all together. */
export async function profileFiles({ sources, types }: ProfileRequest, options: Options): Promise<DriftProfile> {
  const profiles: DriftProfile[] = [];
  for (const source of sources) {
    const known = await readProfile(source);
    profiles.push(
      known ?? (await withColumns(source, options, (columns) => buildProfile(columns, { types, ...options }))),
    );
  }
  const [first, ...others] = profiles;
  if (!first) throw new FailureError('input', 'Nothing was named to make a profile of.');
  return others.reduce(mergeProfiles, first);
}

async function withColumns<T>(
  file: FileName,
  options: SessionOptions,
  use: (columns: DuckDbColumns) => Promise<T>,
): Promise<T> {
  const source = await findSource(file.path, file.folder);
  return withDuckDb(options, async (connection) => {
    // Both sides are the same table: only one is read.
    const data = await DuckDbData.openOne(connection, source);
    try {
      return await use(new DuckDbColumns(connection, data));
    } finally {
      connection.interrupt();
      await data.settle();
    }
  });
}
