import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { FailureError } from '../../../platform/failure.ts';
import { type RanCommand, runCommand } from '../../../platform/run-command.ts';
import type { Both, Side } from '../../drift/drift-data.ts';
import type { Detection, OwnDetector, RunDetector } from '../../drift/own-detectors.ts';
import type { Source } from './sources.ts';
import { name, text } from './sql.ts';

const printed = z.object({
  statistic: z.number(),
  drifted: z.boolean(),
  pValue: z.number().min(0).max(1).nullish(),
  threshold: z.number().nullish(),
  reason: z.string().max(500).nullish(),
});

export interface DetectorPlace {
  readonly connection: DuckDBConnection;
  readonly sources: Both<Source>;
  /** Absolute: where the command runs, and where copies lie, which go away afterwards. */
  readonly folder: string;
  readonly spill: string;
}

/** Runs commands on the samples as Parquet files; what is no single Parquet file is written as one, once. */
export function createDetectorRunner(place: DetectorPlace): RunDetector {
  const files = new Map<Side, Promise<string>>();
  const fileOf = (side: Side): Promise<string> => {
    const known = files.get(side) ?? parquetOf(place, side);
    files.set(side, known);
    return known;
  };
  return async (detector, column, signal) => {
    const [reference, current] = [await fileOf('reference'), await fileOf('current')];
    const env = {
      ...process.env,
      MLOPS_REFERENCE: reference,
      MLOPS_CURRENT: current,
      MLOPS_COLUMN: column,
    };
    const ran = await runCommand(detector.run, { cwd: place.folder, env, timeoutMs: detector.timeoutMs, signal });
    return detectionOf(detector, ran);
  };
}

async function parquetOf({ connection, sources, spill }: DetectorPlace, side: Side): Promise<string> {
  const { format, files } = sources[side];
  const [only, second] = files;
  if (format === 'parquet' && only !== undefined && second === undefined) return only;
  const path = join(spill, `${side}.parquet`);
  await connection.run(`COPY (SELECT * FROM ${name(side)}) TO ${text(path)} (FORMAT parquet)`);
  return path;
}

function detectionOf({ name: detector, timeoutMs }: OwnDetector, { exitCode, stdout, tail }: RanCommand): Detection {
  if (exitCode === null) {
    throw new FailureError('input', `The detector ${detector} took longer than ${timeoutMs / 1_000} s and was ended.`, {
      remedy: 'Make it faster, or raise its timeout.',
    });
  }
  if (exitCode !== 0) {
    const last = tail.split('\n').at(-1) ?? '';
    throw new FailureError(
      'input',
      `The detector ${detector} failed (exit code ${exitCode})${last && `: ${last.slice(0, 300)}`}`,
    );
  }
  const result = printed.safeParse(jsonOf(stdout));
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue && issue.path.length > 0 ? ` (${issue.path.map(String).join('.')}: ${issue.message})` : '';
    throw new FailureError('input', `The detector ${detector} did not print what was asked for${where}.`, {
      remedy: 'It has to print JSON such as {"statistic": 0.12, "drifted": false} in one line, the last one.',
    });
  }
  const { statistic, drifted, pValue = null, threshold = null, reason = null } = result.data;
  return { statistic, drifted, pValue, threshold, reason };
}

/** The last line that it printed: libraries like to talk before. */
function jsonOf(stdout: string): unknown {
  const whole = stdout.trim();
  for (const candidate of [whole, whole.split('\n').at(-1) ?? '']) {
    try {
      return JSON.parse(candidate);
    } catch {
      // Not this one.
    }
  }
  return null;
}
