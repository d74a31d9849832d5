import { Readable } from 'node:stream';
import type { ArtifactInfo, ArtifactSource } from '#server/experiments/artifact-source.ts';
import { compareRuns, runMatcher } from '#server/experiments/search/evaluate.ts';
import type { Tracker } from '#server/experiments/tracker.ts';
import type {
  ExperimentRecord,
  MetricHistory,
  MetricValue,
  RunFields,
  RunRecord,
  TrackingStore,
} from '#server/experiments/tracking-store.ts';
import { FailureError } from '#server/platform/failure.ts';

type RunInput = Partial<Omit<RunRecord, 'params' | 'metrics' | 'tags'>> & {
  readonly id: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly parent?: string;
};

export function runRecord(input: RunInput): RunRecord {
  const { params = {}, metrics = {}, tags = {}, parent, ...rest } = input;
  const metric = (value: number): MetricValue => ({ value, step: 0, timestamp: 0 });
  return {
    name: input.id,
    experimentId: '1',
    status: 'FINISHED',
    startTime: 0,
    endTime: 1,
    lifecycleStage: 'active',
    userId: null,
    artifactUri: null,
    ...rest,
    params: new Map(Object.entries(params)),
    metrics: new Map(Object.entries(metrics).map(([key, value]) => [key, metric(value)])),
    tags: new Map(Object.entries(parent === undefined ? tags : { ...tags, 'mlflow.parentRunId': parent })),
  };
}

/** A tracking store in memory, with the project's own search; it counts what it is asked. */
export class MemoryStore implements TrackingStore {
  readonly backend = 'memory';
  runs: RunRecord[];
  experiments: ExperimentRecord[] = [
    { id: '1', name: 'one', lifecycleStage: 'active', artifactLocation: null, runs: null },
  ];
  histories = new Map<string, MetricHistory>();
  token: string | null = '1';
  /** As a server: whole runs, small pages, a page of its own. */
  server = false;
  /** Calls by name, and how many runs were handed out. */
  readonly asked = { searches: 0, runs: 0, tokens: 0, histories: 0, pages: [] as number[] };
  /** Every call waits for it. */
  gate: Promise<void> = Promise.resolve();

  constructor(runs: readonly RunRecord[] = []) {
    this.runs = [...runs];
  }

  async initialize(): Promise<void> {}
  async healthCheck() {
    return { healthy: true, detail: 'in memory', latencyMs: 0 };
  }
  async cleanup(): Promise<void> {}

  async listExperiments({ view }: { view: 'active' | 'deleted' | 'all' }) {
    return this.experiments.filter((experiment) => view === 'all' || experiment.lifecycleStage === view);
  }

  async searchRuns(...[search, options]: Parameters<TrackingStore['searchRuns']>) {
    await this.gate;
    options.signal?.throwIfAborted();
    this.asked.searches += 1;
    const matches = runMatcher(search.conditions);
    const found = this.runs
      .filter((run) => search.view === 'all' || run.lifecycleStage === search.view)
      .filter((run) => search.experimentIds.length === 0 || search.experimentIds.includes(run.experimentId))
      .filter((run) => matches(run))
      .sort(compareRuns(search.orderBy));
    const start = Number(options.page ?? 0);
    const end = start + options.limit;
    const runs = found.slice(start, end);
    this.asked.runs += runs.length;
    this.asked.pages.push(runs.length);
    return {
      runs: runs.map((run) => (this.server ? run : pick(run, options.fields))),
      nextPage: end < found.length ? String(end) : null,
    };
  }

  async getRun(runId: string): Promise<RunRecord> {
    const run = this.runs.find(({ id }) => id === runId);
    if (!run) throw new FailureError('not-found', `There is no run ${runId} in this store.`);
    return run;
  }

  async getRuns(runIds: readonly string[]): Promise<readonly RunRecord[]> {
    return Promise.all(runIds.map((id) => this.getRun(id)));
  }

  async metricHistory(runId: string, key: string): Promise<MetricHistory> {
    this.asked.histories += 1;
    return this.histories.get(`${runId} ${key}`) ?? { steps: [], timestamps: [], values: [] };
  }

  async metricExtent(runIds: readonly string[], keys: readonly string[] | null) {
    const runs = await this.getRuns(runIds);
    return new Map(runs.map((run) => [run.id, this.#extents(run, keys)]));
  }

  async datasets() {
    return [];
  }
  async loggedModels() {
    return [];
  }
  artifacts(): ArtifactSource {
    throw new FailureError('unsupported', 'No artifacts in memory.');
  }
  link(): string | null {
    return this.server ? 'http://memory' : null;
  }
  async changeToken(): Promise<string | null> {
    this.asked.tokens += 1;
    return this.token;
  }

  #extents(run: RunRecord, keys: readonly string[] | null) {
    const wanted = [...run.metrics].filter(([key]) => keys === null || keys.includes(key));
    return new Map(
      wanted.map(([key, last]) => {
        const values = [...(this.histories.get(`${run.id} ${key}`)?.values ?? [last.value])];
        const numbers = values.filter((value) => !Number.isNaN(value));
        const isEmpty = numbers.length === 0;
        return [
          key,
          {
            min: isEmpty ? null : Math.min(...numbers),
            max: isEmpty ? null : Math.max(...numbers),
            count: values.length,
          },
        ];
      }),
    );
  }
}

function pick(run: RunRecord, fields: RunFields | undefined): RunRecord {
  const only = <T>(map: ReadonlyMap<string, T>, keys: readonly string[] | null | undefined) =>
    keys === null || keys === undefined ? map : new Map([...map].filter(([key]) => keys.includes(key)));
  return {
    ...run,
    params: only(run.params, fields?.params),
    metrics: only(run.metrics, fields?.metrics),
    tags: only(run.tags, fields?.tags),
  };
}

export function trackerOf(store: TrackingStore, name = 'local'): Tracker {
  return { key: name, name, store };
}

/** Artifacts in memory, by path; names may be as bad as a server can send them. */
export class MemoryArtifacts implements ArtifactSource {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly reads: string[] = [];

  constructor(files: Readonly<Record<string, string | Buffer>>) {
    this.files = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  }

  async list(path: string): Promise<readonly ArtifactInfo[]> {
    const start = path === '' ? '' : `${path}/`;
    const entries = new Map<string, ArtifactInfo>();
    for (const [file, content] of this.files) {
      if (!file.startsWith(start)) continue;
      const slash = file.indexOf('/', start.length);
      const isDirectory = slash >= 0 && !file.includes('..');
      const child = isDirectory ? file.slice(0, slash) : file;
      entries.set(child, { path: child, isDirectory, size: isDirectory ? null : content.length });
    }
    return [...entries.values()];
  }

  async stat(path: string): Promise<ArtifactInfo> {
    const content = this.files.get(path);
    if (content) return { path, isDirectory: false, size: content.length };
    if ([...this.files.keys()].some((file) => file.startsWith(`${path}/`))) {
      return { path, isDirectory: true, size: null };
    }
    throw new FailureError('not-found', `There is no artifact “${path}”.`);
  }

  async read(path: string): Promise<Readable> {
    this.reads.push(path);
    const content = this.files.get(path);
    if (!content) throw new FailureError('not-found', `There is no artifact “${path}”.`);
    return Readable.from(chunksOf(content));
  }
}

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let start = 0; start < content.length; start += 65_536) yield content.subarray(start, start + 65_536);
}
