import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { mapConcurrently } from '../../../platform/concurrency.ts';
import { FailureError } from '../../../platform/failure.ts';
import {
  isAbsent,
  readStart,
  readText,
  reasonOf,
  type Stamp,
  sameStamp,
  stampOf,
  statInside,
  statOrNull,
} from '../../../platform/mlflow/files.ts';
import { MetadataError, readStatted } from '../../../platform/mlflow/metadata-file.ts';
import type { MetricValue, RunFields, RunRecord } from '../../tracking-store.ts';
import { MAX_TEXT_BYTES, SHOWN_TEXT_BYTES, shortened } from '../shared/long-text.ts';
import { type KeyListing, listKeys, pathOf } from './keys.ts';
import { type RunMetadata, runMetadata } from './metadata.ts';
import { type MetricSummary, type SummarisedFile, summarise } from './metric-file.ts';
import type { Warnings } from './warnings.ts';

export interface RunFolder {
  readonly id: string;
  readonly experimentId: string;
  readonly folder: string;
}

/** What a run's `meta.yaml` says. */
export interface RunHead extends RunFolder {
  readonly meta: RunMetadata;
}

type Part = 'params' | 'metrics' | 'tags';

interface CachedRun {
  head?: { stamp: Stamp; head: RunHead } | { stamp: Stamp; problem: string };
  readonly listings: Partial<Record<Part, KeyListing>>;
  readonly texts: Map<string, { stamp: Stamp; text: string }>;
  readonly metrics: Map<string, SummarisedFile>;
}

/** Files of one run that are read at a time. */
const FILES_AT_ONCE = 16;
const NAME_TAG = 'mlflow.runName';

/**
 * Reads runs folder by folder and remembers what it read by the stamps of the files, so that reading again costs one
 * `stat` a file. Broken runs become warnings; files that vanish between listing and reading are as if never there.
 */
export class RunReader {
  readonly #boundary: string;
  readonly #warnings: Warnings;
  readonly #cache = new LRUCache<string, CachedRun>({ maxSize: 600_000 });

  constructor(boundary: string, warnings: Warnings) {
    this.#boundary = boundary;
    this.#warnings = warnings;
  }

  /** null where the folder is no run or a broken one. */
  async head(run: RunFolder, signal?: AbortSignal): Promise<RunHead | null> {
    const cached = this.#cached(run.folder);
    const path = join(run.folder, 'meta.yaml');
    try {
      const stats = await statInside(path, this.#boundary);
      if (stats === null) return this.#noMetadata(run, path);
      const stamp = stampOf(stats);
      if (cached.head && sameStamp(cached.head.stamp, stamp)) return 'head' in cached.head ? cached.head.head : null;
      const answer = await this.#readHead(run, path, stats, signal);
      cached.head = typeof answer === 'string' ? { stamp, problem: answer } : { stamp, head: answer };
      return typeof answer === 'string' ? null : answer;
    } catch (error) {
      signal?.throwIfAborted();
      this.#warnings.add(path, `Run ${run.id} can’t be read: ${reasonOf(error)}.`);
      return null;
    }
  }

  /** As {@link head}, but a broken run is a `corrupt` failure. */
  async requireHead(run: RunFolder, signal?: AbortSignal): Promise<RunHead> {
    const head = await this.head(run, signal);
    if (head !== null) return head;
    const known = this.#cached(run.folder).head;
    const problem = known && 'problem' in known ? known.problem : 'its meta.yaml is missing or can’t be read';
    throw new FailureError('corrupt', `Run ${run.id} can’t be read: ${problem}.`, {
      remedy: `Look at ${join(run.folder, 'meta.yaml')}.`,
    });
  }

  /** A whole run, or the fields asked for. */
  async record(head: RunHead, fields?: RunFields, signal?: AbortSignal): Promise<RunRecord> {
    const { meta } = head;
    const params = await this.#texts(head, 'params', fields?.params ?? null, signal);
    const wantedTags = fields?.tags ?? null;
    const nameMissing = meta.name === '' && wantedTags !== null && !wantedTags.includes(NAME_TAG);
    const tags = await this.#texts(head, 'tags', nameMissing ? [...wantedTags, NAME_TAG] : wantedTags, signal);
    const name = meta.name || (tags.get(NAME_TAG) ?? '');
    if (nameMissing) tags.delete(NAME_TAG);
    const metrics = new Map<string, MetricValue>();
    for (const [key, { latest }] of await this.metrics(head, fields?.metrics ?? null, signal)) {
      if (latest !== null) metrics.set(key, latest);
    }
    return {
      id: head.id,
      name,
      experimentId: head.experimentId,
      status: meta.status,
      startTime: meta.start_time,
      endTime: meta.end_time,
      lifecycleStage: meta.lifecycle_stage,
      userId: meta.user_id,
      artifactUri: meta.artifact_uri,
      params,
      metrics,
      tags,
    };
  }

  /** The metrics of a run that have points, by key. */
  async metrics(
    head: RunFolder,
    keys: readonly string[] | null,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, MetricSummary>> {
    const cached = this.#cached(head.folder);
    const found = await this.#files(head, 'metrics', keys, signal, async (key, path, stats) => {
      const file = await summarise(path, stats, cached.metrics.get(key), signal);
      cached.metrics.set(key, file);
      this.#noteMalformed(head, key, path, file.summary.malformed);
      return file.summary;
    });
    return new Map([...found].filter(([, summary]) => summary.latest !== null));
  }

  /** The path of a metric's file; null where the run has no such metric. */
  async metricPath(head: RunFolder, key: string): Promise<string | null> {
    const listing = await this.#listing(head, 'metrics');
    return listing.keys.has(key) ? pathOf(listing, key) : null;
  }

  /** Whether a folder holds a run's metadata, whatever it says. */
  async hasRun(folder: string): Promise<boolean> {
    return (
      (await statInside(folder, this.#boundary))?.isDirectory() === true &&
      (await statOrNull(join(folder, 'meta.yaml'))) !== null
    );
  }

  /** As far as it was read. */
  isRunning(folder: string): boolean {
    const head = this.#cache.peek(folder)?.head;
    return head !== undefined && 'head' in head && head.head.meta.status === 'RUNNING';
  }

  /** The files that answers about a run came from so far. */
  filesRead(folder: string): readonly string[] {
    const cached = this.#cache.peek(folder);
    if (cached === undefined) return [];
    return Object.values(cached.listings).flatMap((listing) => [
      ...listing.folders.keys(),
      ...[...listing.keys].map((key) => pathOf(listing, key)),
    ]);
  }

  forget(): void {
    this.#cache.clear();
  }

  async #readHead(
    run: RunFolder,
    path: string,
    stats: Stats,
    signal: AbortSignal | undefined,
  ): Promise<RunHead | string> {
    try {
      const meta = await readStatted(path, stats, runMetadata, signal);
      if (meta.run_id !== run.id) throw new MetadataError(`its meta.yaml is that of run ${meta.run_id}`);
      if (meta.experiment_id !== run.experimentId) {
        throw new MetadataError(`its meta.yaml says experiment ${meta.experiment_id}, its folder ${run.experimentId}`);
      }
      this.#warnings.clear(path);
      return { ...run, meta };
    } catch (error) {
      if (!(error instanceof MetadataError)) throw error;
      this.#warnings.add(path, `Run ${run.id} can’t be read: ${error.message}.`);
      return error.message;
    }
  }

  #noMetadata(run: RunFolder, path: string): null {
    // Other folders beside runs are no runs: artifacts may be kept there.
    if (/^[0-9a-f]{32}$/.test(run.id)) this.#warnings.add(path, `Run ${run.id} can’t be read: it has no meta.yaml.`);
    return null;
  }

  #noteMalformed(head: RunFolder, key: string, path: string, lines: number): void {
    if (lines === 0) this.#warnings.clear(path);
    else this.#warnings.add(path, `Metric ${key} of run ${head.id}: ${lines} line(s) are no points and were left out.`);
  }

  async #texts(
    head: RunFolder,
    part: 'params' | 'tags',
    keys: readonly string[] | null,
    signal: AbortSignal | undefined,
  ): Promise<Map<string, string>> {
    const { texts } = this.#cached(head.folder);
    return this.#files(head, part, keys, signal, async (key, path, stats) => {
      const stamp = stampOf(stats);
      const known = texts.get(`${part}/${key}`);
      if (known && sameStamp(known.stamp, stamp)) return known.text;
      const text =
        stats.size > MAX_TEXT_BYTES
          ? shortened(await readStart(path, SHOWN_TEXT_BYTES), stats.size)
          : await readText(path);
      texts.set(`${part}/${key}`, { stamp, text });
      return text;
    });
  }

  async #files<T>(
    head: RunFolder,
    part: Part,
    keys: readonly string[] | null,
    signal: AbortSignal | undefined,
    read: (key: string, path: string, stats: Stats) => Promise<T>,
  ): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    if (keys?.length === 0) return found;
    const listing = await this.#listing(head, part);
    const wanted = keys === null ? [...listing.keys] : [...new Set(keys)].filter((key) => listing.keys.has(key));
    const results = await mapConcurrently(wanted, FILES_AT_ONCE, async (key) => {
      signal?.throwIfAborted();
      return this.#readFile(head, key, pathOf(listing, key), read, signal);
    });
    for (const [index, key] of wanted.entries()) {
      const result = results[index];
      if (result !== undefined) found.set(key, result.value);
    }
    this.#remember(head.folder);
    return found;
  }

  async #readFile<T>(
    head: RunFolder,
    key: string,
    path: string,
    read: (key: string, path: string, stats: Stats) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<{ value: T } | undefined> {
    try {
      const stats = await statOrNull(path);
      return stats === null ? undefined : { value: await read(key, path, stats) };
    } catch (error) {
      signal?.throwIfAborted();
      if (!isAbsent(error)) this.#warnings.add(path, `${key} of run ${head.id} can’t be read: ${reasonOf(error)}.`);
      return undefined;
    }
  }

  async #listing(head: RunFolder, part: Part): Promise<KeyListing> {
    const { listings } = this.#cached(head.folder);
    const folder = join(head.folder, part);
    try {
      const listing = await listKeys(folder, this.#boundary, listings[part]);
      listings[part] = listing;
      return listing;
    } catch (error) {
      this.#warnings.add(folder, `The ${part} of run ${head.id} can’t be read: ${reasonOf(error)}.`);
      return { root: folder, keys: new Set(), folders: new Map(), readAt: 0 };
    }
  }

  #cached(folder: string): CachedRun {
    const known = this.#cache.get(folder);
    if (known) return known;
    const fresh: CachedRun = { listings: {}, texts: new Map(), metrics: new Map() };
    this.#cache.set(folder, fresh, { size: 1 });
    return fresh;
  }

  // The cache weighs a run by the values it holds.
  #remember(folder: string): void {
    const cached = this.#cached(folder);
    this.#cache.set(folder, cached, { size: 1 + cached.texts.size + cached.metrics.size });
  }
}
