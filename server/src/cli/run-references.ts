import type { RunRef } from '#schemas/domain/run.ts';
import type { Tracker } from '../experiments/tracker.ts';
import { FailureError } from '../platform/failure.ts';
import type { Workspace } from '../workspace.ts';
import { defaultTracker, namedTracker } from './tracking.ts';

const shortestPrefix = 6;
const shownCandidates = 5;

/**
 * The run that a person names: a run id, the unique start of one (six characters or more), either with `tracker/` before
 * it. Without a tracker it is looked for in the default one first, then in the others.
 */
export async function findRun(workspace: Workspace, text: string, signal: AbortSignal): Promise<RunRef> {
  const slash = text.indexOf('/');
  const name = text.slice(0, Math.max(0, slash));
  if (slash > 0 && workspace.configuration.trackers.some((tracker) => tracker.name === name)) {
    const found = await findIn(await namedTracker(workspace, name, signal), text.slice(slash + 1), signal);
    if (found) return found;
    throw notFound(text, [name]);
  }
  const first = await defaultTracker(workspace, signal);
  const found = await findIn(first, text, signal);
  if (found) return found;
  const others = workspace.configuration.trackers
    .map((tracker) => tracker.name)
    .filter((other) => other !== first.name);
  for (const other of others) {
    const elsewhere = await findElsewhere(workspace, other, { text, signal });
    if (elsewhere) return elsewhere;
  }
  throw notFound(text, [first.name, ...others]);
}

/** Another tracker that can't be asked is no reason to fail: the run was not found, that is all. */
async function findElsewhere(
  workspace: Workspace,
  name: string,
  { text, signal }: { text: string; signal: AbortSignal },
): Promise<RunRef | null> {
  try {
    return await findIn(await namedTracker(workspace, name, signal), text, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FailureError && error.reason !== 'input') return null;
    throw error;
  }
}

async function findIn(tracker: Tracker, id: string, signal: AbortSignal): Promise<RunRef | null> {
  try {
    const run = await tracker.store.getRun(id, signal);
    return { tracker: tracker.name, runId: run.id };
  } catch (error) {
    if (!(error instanceof FailureError) || (error.reason !== 'not-found' && error.reason !== 'input')) throw error;
  }
  return /^[\w-]{6,}$/.test(id) ? findByPrefix(tracker, id, signal) : null;
}

async function findByPrefix(tracker: Tracker, prefix: string, signal: AbortSignal): Promise<RunRef | null> {
  // `_` is a wildcard of LIKE: what it lets through too much is taken out below.
  const page = await tracker.store.searchRuns(
    {
      experimentIds: [],
      conditions: [{ entity: 'attribute', key: 'run_id', comparator: 'LIKE', value: `${prefix}%` }],
      orderBy: [],
      view: 'all',
    },
    { limit: 100, page: null, fields: { params: [], metrics: [], tags: [] }, signal },
  );
  const found = page.runs.filter(({ id }) => id.startsWith(prefix));
  const [only] = found;
  if (found.length > 1) {
    const candidates = found.slice(0, shownCandidates).map(({ id }) => id);
    throw new FailureError('input', `${found.length} runs begin with ${prefix}: ${candidates.join(', ')}…`, {
      remedy: 'Give more characters.',
    });
  }
  return only ? { tracker: tracker.name, runId: only.id } : null;
}

function notFound(text: string, trackers: readonly string[]): FailureError {
  const isShort = text.length < shortestPrefix;
  return new FailureError('not-found', `There is no run ${text} in ${trackers.join(', ')}.`, {
    remedy: isShort
      ? `The start of an id has to be ${shortestPrefix} characters long at least.`
      : '“mlops runs list” shows the runs there are.',
  });
}
