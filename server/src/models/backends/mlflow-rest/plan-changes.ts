import { sha256Of } from '../../../platform/canonical-json.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { VersionChange } from '../../model-registry.ts';
import { afterAll } from '../shared/after-all.ts';
import type { MlflowModel, MlflowVersion } from '../shared/mlflow-model.ts';
import { reportsOf } from '../shared/mlflow-reader.ts';
import { deletedTag, reportTag, versionTag } from '../shared/mlflow-tags.ts';
import { expectSame, isArchived, noSuchVersion, refuseInUse } from '../shared/refusals.ts';

/** One request to the server. */
export type Write =
  | { readonly type: 'version-tag'; readonly number: number; readonly key: string; readonly value: string }
  | { readonly type: 'model-tag'; readonly key: string; readonly value: string }
  | { readonly type: 'alias'; readonly alias: string; readonly number: number | null }
  | { readonly type: 'delete'; readonly number: number };

/** The audit log's view of what a change did. */
export type Told = Record<string, string | number | boolean | null>;

/** The requests of one change, in their order, and what the audit log tells once they are done. */
export interface PlannedChange {
  readonly writes: readonly Write[];
  readonly before: Told;
  readonly after: Told;
}

export interface ChangePlan {
  readonly changes: readonly PlannedChange[];
  /** Documents that have to be there before; each is named by its SHA-256. */
  readonly documents: readonly string[];
  /** What has to be so afterwards. */
  readonly stages: ReadonlyMap<string, string | null>;
  readonly aliases: ReadonlyMap<string, string | null>;
}

/** What of a version the changes of one plan see of each other. */
interface Draft {
  readonly number: number;
  readonly digest: string | null;
  readonly state: string | undefined;
  readonly reportTimes: readonly number[];
  stage: string | null;
  archived: boolean;
  signed: boolean;
  deleted: boolean;
}

export interface PlanOptions {
  /** Unix milliseconds. */
  readonly now: number;
}

/** What a model's changes take. Fails as {@link ModelRegistry.change} does; nothing was written then. */
export function planChanges(model: MlflowModel, changes: readonly VersionChange[], options: PlanOptions): ChangePlan {
  const planner = new Planner(model, options);
  const planned = changes.map((change) => planner.plan(change));
  return { changes: planned, ...planner.outcome() };
}

class Planner {
  readonly #name: string;
  readonly #now: number;
  readonly #versions: Map<string, Draft>;
  readonly #aliases: Map<string, string>;
  readonly #documents: string[] = [];
  readonly #stages = new Map<string, string | null>();
  readonly #moved = new Map<string, string | null>();

  constructor(model: MlflowModel, { now }: PlanOptions) {
    this.#name = model.record.name;
    this.#now = now;
    this.#versions = new Map(model.versions.map((one) => [one.version.version, draftOf(one)]));
    this.#aliases = new Map(model.aliases);
  }

  outcome(): Omit<ChangePlan, 'changes'> {
    return { documents: this.#documents, stages: this.#stages, aliases: this.#moved };
  }

  plan(change: VersionChange): PlannedChange {
    switch (change.type) {
      case 'stage':
        return this.#stage(change);
      case 'alias':
        return this.#alias(change);
      case 'archive':
        return this.#archive(change);
      case 'delete':
        return this.#delete(change.version);
      case 'report':
        return this.#report(change);
      case 'bundle':
        return this.#bundle(change);
    }
  }

  #stage({ version, from, to }: Extract<VersionChange, { type: 'stage' }>): PlannedChange {
    const draft = this.#draft(version);
    expectSame(`the stage of ${this.#name}@${version}`, draft.stage, from);
    if (to !== null) this.#requireUsable(version, draft);
    draft.stage = to;
    this.#stages.set(version, to);
    const key = `stage of ${version}`;
    return told([tagOf(draft, versionTag.stage, to ?? '')], { [key]: from }, { [key]: to });
  }

  #alias({ alias, from, to }: Extract<VersionChange, { type: 'alias' }>): PlannedChange {
    expectSame(`the alias ${this.#name}@${alias}`, this.#aliases.get(alias) ?? null, from);
    let number: number | null = null;
    if (to === null) this.#aliases.delete(alias);
    else {
      const draft = this.#draft(to);
      this.#requireUsable(to, draft);
      number = draft.number;
      this.#aliases.set(alias, to);
    }
    this.#moved.set(alias, to);
    const key = `alias ${alias}`;
    return told([{ type: 'alias', alias, number }], { [key]: from }, { [key]: to });
  }

  #archive({ version, archived }: Extract<VersionChange, { type: 'archive' }>): PlannedChange {
    const draft = this.#draft(version);
    if (archived) this.#refuseInUse(version, draft, 'archived');
    const key = `archived ${version}`;
    const before = draft.archived;
    draft.archived = archived;
    return told([tagOf(draft, versionTag.archived, String(archived))], { [key]: before }, { [key]: archived });
  }

  #delete(version: string): PlannedChange {
    const draft = this.#draft(version);
    this.#refuseInUse(version, draft, 'deleted');
    draft.deleted = true;
    return told(
      [
        // First: where the server fails in between, the number is taken twice rather than free.
        { type: 'model-tag', key: deletedTag(version), value: draft.digest ?? '' },
        { type: 'delete', number: draft.number },
      ],
      { [version]: draft.digest },
      { [version]: null },
    );
  }

  #report({ version, report }: Extract<VersionChange, { type: 'report' }>): PlannedChange {
    const { digest, passed, content } = report;
    if (sha256Of(content) !== digest) {
      throw new FailureError('input', `The report on ${this.#name}@${version} is not what its digest says.`);
    }
    this.#documents.push(content);
    const draft = this.#draft(version);
    const note = JSON.stringify({ passed, createdAt: afterAll(draft.reportTimes, this.#now) });
    const write = tagOf(draft, reportTag(digest), note);
    return told([write], {}, { [`report of ${version}`]: digest, passed });
  }

  #bundle({ version, bundle }: Extract<VersionChange, { type: 'bundle' }>): PlannedChange {
    const draft = this.#draft(version);
    this.#documents.push(bundle);
    const key = `signed ${version}`;
    const before = draft.signed;
    draft.signed = true;
    return told([tagOf(draft, versionTag.bundle, sha256Of(bundle))], { [key]: before }, { [key]: true });
  }

  #draft(version: string): Draft {
    const draft = this.#versions.get(version);
    if (draft && !draft.deleted) return draft;
    throw noSuchVersion(this.#name, version);
  }

  #requireUsable(version: string, { archived, state }: Draft): void {
    if (archived) throw isArchived(this.#name, version);
    if (state === undefined) return;
    throw new FailureError('input', `${this.#name}@${version} is not ready: its registration is ${state}.`, {
      remedy: state === 'pending' ? 'Wait until MLflow has it.' : 'Register the model again.',
    });
  }

  #refuseInUse(version: string, { stage }: Draft, what: 'archived' | 'deleted'): void {
    const aliases = [...this.#aliases].flatMap(([alias, target]) => (target === version ? [alias] : []));
    refuseInUse({ model: this.#name, version, stage, aliases }, what);
  }
}

function draftOf({ record, version }: MlflowVersion): Draft {
  const { stage, archived, signed, state, manifestDigest } = version;
  const reportTimes = reportsOf(record).map(({ createdAt }) => createdAt);
  return { number: record.number, digest: manifestDigest, state, reportTimes, stage, archived, signed, deleted: false };
}

function tagOf({ number }: Draft, key: string, value: string): Write {
  return { type: 'version-tag', number, key, value };
}

function told(writes: readonly Write[], before: Told, after: Told): PlannedChange {
  return { writes, before, after };
}
