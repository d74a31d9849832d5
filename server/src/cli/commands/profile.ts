import { resolve } from 'node:path';
import type { ProfileColumn } from '#schemas/domain/drift-profile.ts';
import { toRequest } from '../../monitoring/drift/monitor-request.ts';
import { profileText } from '../../monitoring/drift/profile/profile-text.ts';
import { readDriftMonitor } from '../../monitoring/monitor-documents.ts';
import { writeFileWhole } from '../../platform/write-file.ts';
import { makeProfile } from '../../workspace.ts';
import { exitCodes } from '../exit.ts';
import { plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { harmless } from '../output.ts';
import { requireFolder } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

export interface ProfileFlags {
  readonly data: readonly string[];
  readonly output: string;
  readonly monitor: string | null;
}

/** Writes the profile of data, and of profiles, to a file. */
export async function writeProfile(invocation: Invocation, flags: ProfileFlags): Promise<number> {
  const { cwd, output, signal } = invocation;
  await requireFolder(cwd);
  const sources = flags.data.map((path) => ({ path, folder: cwd }));
  const types = await declaredTypes(invocation, flags.monitor);
  const profile = await whileWaiting(invocation, 'Reading the data', (say) =>
    makeProfile(
      { sources, types },
      { signal, onProgress: (done, total) => say(`Reading columns: ${done} of ${total}`) },
    ),
  );
  const path = resolve(cwd, flags.output);
  const { bytes } = await writeFileWhole(path, profileText(profile), signal);
  const left = profile.columns.filter(({ type }) => type === null).map(({ name }) => name);
  if (output.json) {
    await output.document({ written: path, rows: profile.rows, columns: profile.columns.length, leftOut: left });
    return exitCodes.done;
  }
  const told = `${plural(profile.rows, 'row')}, ${plural(profile.columns.length, 'column')}, ${`${Math.ceil(bytes / 1_000)} kB`}`;
  await output.note(output.style('green', harmless(`✓ ${flags.output} is written: ${told}.`)));
  if (left.length > 0) await output.note(harmless(`Left out, since they can’t be compared: ${left.join(', ')}.`));
  return exitCodes.done;
}

type DeclaredTypes = ReadonlyMap<string, NonNullable<ProfileColumn['type']>>;

async function declaredTypes({ cwd }: Invocation, monitor: string | null): Promise<DeclaredTypes> {
  if (monitor === null) return new Map();
  const { drift } = await readDriftMonitor(resolve(cwd, monitor));
  const { columns } = toRequest(drift, { columns: [], methods: [] });
  return new Map(
    [...(columns ?? [])].flatMap(([name, { type }]) => (type === undefined ? [] : [[name, type] as const])),
  );
}
