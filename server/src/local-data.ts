import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescribeColumns } from './monitoring/drift/describe-columns.ts';
import type { CheckDrift, FileName } from './monitoring/drift/drift-checker.ts';
import type { MeasurePerformance } from './monitoring/performance/performance-request.ts';
import { isObjectUri } from './platform/configuration/object-address.ts';
import { FailureError, toFailure } from './platform/failure.ts';
import { fetchObjects } from './storage/fetch-objects.ts';
import { checkDrift, describeColumns, measurePerformance, type Workspace } from './workspace.ts';

interface DataTasks {
  readonly checkDrift: CheckDrift;
  readonly describeColumns: DescribeColumns;
  readonly measurePerformance: MeasurePerformance;
}

/** Works on data wherever they are: objects of a store come into a folder first, which goes away afterwards. */
export function dataTasks(workspace: Workspace): DataTasks {
  return {
    checkDrift: ({ reference, current, request }, options) =>
      withLocal(
        workspace,
        { files: [reference, current], signal: options.signal },
        ([before = reference, now = current]) => checkDrift({ reference: before, current: now, request }, options),
      ),
    describeColumns: ({ reference, current }, request, options) =>
      withLocal(
        workspace,
        { files: [reference, current], signal: options.signal },
        ([before = reference, now = current]) => describeColumns({ reference: before, current: now }, request, options),
      ),
    measurePerformance: (request, options) => {
      const files = [request.predictions, request.labels];
      return withLocal(
        workspace,
        { files, signal: options.signal },
        ([predictions = request.predictions, labels = request.labels]) =>
          measurePerformance({ ...request, predictions, labels }, options),
      );
    },
  };
}

interface Wanted {
  readonly files: readonly FileName[];
  readonly signal: AbortSignal | undefined;
}

async function withLocal<T>(
  workspace: Workspace,
  { files, signal }: Wanted,
  work: (files: readonly FileName[]) => Promise<T>,
): Promise<T> {
  if (!files.some(({ path }) => isObjectUri(path))) return work(files);
  const folder = await mkdtemp(join(tmpdir(), 'mlops-data-'));
  const brought = new Map<string, string>();
  try {
    for (const [index, { path: uri }] of files.entries()) {
      if (!isObjectUri(uri) || brought.has(uri)) continue;
      const directory = join(folder, String(index));
      await workspace.withObjects(
        uri,
        ({ store, pattern }) => fetchObjects({ store, pattern, uri, directory }, { signal }),
        signal,
      );
      brought.set(uri, directory);
    }
    const local = files.map((file): FileName => {
      const directory = brought.get(file.path);
      return directory === undefined ? file : { path: join(directory, '*'), folder: file.folder };
    });
    return await work(local);
  } catch (error) {
    throw inOwnWords(error, brought);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whoever wrote a URI knows nothing of the copies. */
function inOwnWords(error: unknown, brought: ReadonlyMap<string, string>): unknown {
  if (!(error instanceof FailureError)) return error;
  const { reason, message, remedy } = toFailure(error);
  const plain = (text: string) =>
    [...brought].reduce(
      (all, [uri, directory]) => all.replaceAll(join(directory, '*'), uri).replaceAll(directory, uri),
      text,
    );
  return new FailureError(reason, plain(message), {
    ...(remedy === null ? {} : { remedy: plain(remedy) }),
    cause: error,
  });
}
