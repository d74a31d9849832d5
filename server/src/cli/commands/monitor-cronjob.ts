import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type CronJobOptions, cronJobManifest } from '../../monitoring/cron-job.ts';
import { readMonitor } from '../../monitoring/monitor-documents.ts';
import { FailureError } from '../../platform/failure.ts';
import { writeFileWhole } from '../../platform/write-file.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { harmless } from '../output.ts';

export interface CronJobFlags extends CronJobOptions {
  readonly name: string | null;
  /** Null: standard output. */
  readonly out: string | null;
}

/** Writes a Kubernetes CronJob that checks a monitor on its schedule. */
export async function writeCronJob(invocation: Invocation, flags: CronJobFlags): Promise<number> {
  const { cwd, output } = invocation;
  const path = resolve(cwd, flags.file);
  const inside = relative(cwd, path);
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new FailureError('input', `${flags.file} is not in the workspace ${cwd}, which the image has.`, {
      remedy: 'Name the workspace with --cwd.',
    });
  }
  const document = await readMonitor(path, flags.name);
  const manifest = cronJobManifest(document, { ...flags, file: inside.split(sep).join('/') });
  const target = flags.out === null ? null : resolve(cwd, flags.out);
  if (target !== null) await writeFileWhole(target, manifest);
  if (output.json) await output.document(target === null ? { manifest } : { written: target });
  else if (target === null) await output.text(manifest.trimEnd());
  else await output.note(harmless(`Written: ${target}`));
  return exitCodes.done;
}
