import { stat } from 'node:fs/promises';
import { settings } from '#schemas/protocol/workspace.ts';
import type { Tracker } from '../experiments/tracker.ts';
import { FailureError } from '../platform/failure.ts';
import { createLogger } from '../platform/log.ts';
import { createRedactor } from '../platform/redact.ts';
import { connectWithoutAsking, noStoredCredentials } from '../security/ports.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import type { Invocation } from './invocation.ts';
import { harmless } from './output.ts';

/** Opens the workspace for a command and closes it when that is done. */
export async function withWorkspace<T>(
  invocation: Invocation,
  tracking: string | undefined,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { cwd, terminal, verbose } = invocation;
  await requireFolder(cwd);
  const redactor = createRedactor();
  const logger = createLogger({
    redactor,
    level: 'debug',
    sink: ({ level, text }) => {
      if (verbose) terminal.stderr.write(`${level}: ${text}\n`);
    },
  });
  const workspace = await openWorkspace({
    folder: cwd,
    trusted: true,
    env: terminal.env,
    settings: settings.parse({}),
    logger,
    redactor,
    credentials: noStoredCredentials,
    permission: connectWithoutAsking,
    inProcess: true,
    showNotice: async (notice) => (await import('./notice.ts')).printNotice(invocation, notice),
    ...(tracking === undefined ? {} : { explicitTracking: tracking }),
  });
  try {
    await noteWarnings(invocation, workspace);
    return await work(workspace);
  } finally {
    await workspace.dispose();
  }
}

/** What is wrong with the configuration, or ignored, though there is a tracker to go on with. */
async function noteWarnings({ output }: Invocation, { configuration, defaultTracker }: Workspace): Promise<void> {
  if (defaultTracker === null) return;
  for (const { file, line, message } of configuration.warnings) {
    const place = line === null ? file : `${file}:${line}`;
    await output.note(harmless(`warning: ${place}: ${message}`));
  }
}

export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) {
    throw new FailureError('input', `There is no folder ${path}.`, { remedy: 'Name another with --cwd.' });
  }
}

/** The tracker that a command without a name means. */
export async function defaultTracker(workspace: Workspace, signal: AbortSignal): Promise<Tracker> {
  if (workspace.defaultTracker === null) throw noTracker(workspace);
  return namedTracker(workspace, workspace.defaultTracker, signal);
}

export async function namedTracker(workspace: Workspace, name: string, signal: AbortSignal): Promise<Tracker> {
  return { key: name, name, store: await workspace.tracker(name, signal) };
}

function noTracker(workspace: Workspace): FailureError {
  const [warning] = workspace.configuration.warnings;
  if (warning) {
    const place = warning.line === null ? warning.file : `${warning.file}:${warning.line}`;
    return new FailureError('input', `No experiment tracker: ${place}: ${warning.message}`);
  }
  return new FailureError('input', `No experiment tracker is configured, and none was found in ${workspace.folder}.`, {
    remedy:
      'Give one with --tracking URI, set MLFLOW_TRACKING_URI, add “tracking” to mlops.yaml, or go with --cwd to a folder ' +
      'with an mlflow.db or mlruns.',
  });
}
