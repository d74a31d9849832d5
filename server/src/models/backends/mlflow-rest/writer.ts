import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { MlflowApi } from '../../../platform/mlflow/api.ts';
import type { WritableAuditLog } from '../../audit/audit-log.ts';
import type { Act, VersionChange, VersionDraft } from '../../model-registry.ts';
import { nextVersion } from '../../version-order.ts';
import { isDerived, type MlflowModel } from '../shared/mlflow-model.ts';
import type { MlflowReader } from '../shared/mlflow-reader.ts';
import { consumedTag, deletedVersions } from '../shared/mlflow-tags.ts';
import { existsAlready, noSuchVersion, usedBefore, wasDeleted } from '../shared/refusals.ts';
import type { EvidenceStore } from './evidence.ts';
import { type ChangePlan, planChanges, type Told, type Write } from './plan-changes.ts';
import { isTagged } from './source.ts';
import { shortDescription, tagsOf } from './version-tags.ts';
import { modelAnswer, nothing, versionAnswer } from './wire.ts';

export interface WriterParts {
  readonly api: MlflowApi;
  readonly reader: MlflowReader;
  readonly evidence: EvidenceStore;
  readonly audit: WritableAuditLog;
  /** The tracker whose runs are this server's. */
  readonly tracker: string | null;
  readonly now: () => number;
}

/** What a piece of work came to, as its audit entry tells it. */
interface Outcome {
  readonly before: Told | null;
  readonly after: Told | null;
  /** What the caller hears instead of an answer. */
  readonly failure: unknown;
}

/** How often a number that another writer took first is replaced by the next. */
const attempts = 10;

/**
 * Changes of a server's models. MLflow has neither transactions nor compare-and-set, so the audit log is told before what
 * is about to happen (`intent`), and afterwards what came of it: what stops in between leaves an intent without an outcome.
 */
export class RegistryWriter {
  readonly #parts: WriterParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  register(draft: VersionDraft, act: Act, signal?: AbortSignal): Promise<ModelVersion> {
    return this.#inTurn(async () => {
      signal?.throwIfAborted();
      const { reader, evidence, tracker } = this.#parts;
      const model = await reader.model(draft.model, signal);
      const version = freeVersion(draft, model);
      await this.#refuseUsed(act.nonces, signal);
      const { files, metadata, manifestDigest, rootDigest, bundle } = draft;
      const documents = {
        evidence: await evidence.write(JSON.stringify({ files, metadata }), signal),
        bundle: bundle === null ? null : await evidence.write(bundle, signal),
      };
      const intent = await this.#intend(act, `${draft.model}@${version}`, [`version ${version}: ${manifestDigest}`]);
      // From here on nothing is cancelled: half of it would be worse than all.
      let registered: ModelVersion | null = null;
      const outcome = await attempted(async () => {
        if (model === null) await this.#createModel(draft.model);
        registered = await this.#createFree(draft, version, {
          author: act.actor,
          ...documents,
          runId: metadata.run !== null && metadata.run.tracker === tracker ? metadata.run.runId : null,
        });
        return { manifestDigest, rootDigest, signed: bundle !== null };
      });
      const done: ModelVersion | null = registered;
      const target = `${draft.model}@${nameOf(done) ?? version}`;
      await this.#tell(act, target, { intent, ...outcome });
      if (done === null) throw outcome.failure;
      return done;
    });
  }

  change(name: string, changes: readonly VersionChange[], act: Act, signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      signal?.throwIfAborted();
      const { reader, evidence, now } = this.#parts;
      const model = await reader.model(name, signal);
      if (model === null) throw noSuchModel(name, changes);
      const plan = planChanges(model, changes, { now: now() });
      await this.#refuseUsed(act.nonces, signal);
      for (const document of plan.documents) await evidence.write(document, signal);
      const versions = changes.flatMap((change) => ('version' in change ? [change.version] : []));
      const target = versions.length > 0 ? `${name}@${versions.at(-1)}` : name;
      const intent = await this.#intend(act, target, wordsOf(plan));
      const outcome = await this.#carryOut(name, plan, act.nonces);
      await this.#tell(act, target, { intent, ...outcome });
      if (outcome.failure !== null) throw outcome.failure;
    });
  }

  async #carryOut(model: string, plan: ChangePlan, nonces: readonly string[]): Promise<Outcome> {
    const before: Told = {};
    const after: Told = {};
    try {
      for (const nonce of nonces) {
        await this.#write(model, { type: 'model-tag', key: consumedTag(nonce), value: '1' });
      }
      for (const change of plan.changes) {
        for (const write of change.writes) await this.#write(model, write);
        Object.assign(before, change.before);
        Object.assign(after, change.after);
      }
      return { before, after, failure: await this.#overtaken(model, plan) };
    } catch (failure) {
      return { before, after, failure };
    }
  }

  /** A failure where what was written is not what there is now: somebody else wrote at the same time. */
  async #overtaken(name: string, plan: ChangePlan): Promise<FailureError | null> {
    if (plan.stages.size === 0 && plan.aliases.size === 0) return null;
    const model = await this.#parts.reader.model(name);
    const stages = new Map(model?.versions.map(({ version }) => [version.version, version.stage]));
    const found = [
      ...differences(
        plan.aliases,
        (alias) => model?.aliases.get(alias) ?? null,
        (alias) => `${name}@${alias}`,
      ),
      ...differences(
        plan.stages,
        (version) => stages.get(version) ?? null,
        (version) => `the stage of ${name}@${version}`,
      ),
    ];
    if (found.length === 0) return null;
    return new FailureError('busy', `Somebody else changed the same at the same time: ${found.join('; ')}.`, {
      remedy: 'Look at the model again: an MLflow server keeps whichever came last.',
    });
  }

  #write(name: string, write: Write): Promise<unknown> {
    const { api } = this.#parts;
    switch (write.type) {
      case 'version-tag': {
        const { number, key, value } = write;
        const body = { name, version: String(number), key, value };
        return api.post({ path: 'model-versions/set-tag', body, schema: nothing });
      }
      case 'model-tag': {
        const { key, value } = write;
        return api.post({ path: 'registered-models/set-tag', body: { name, key, value }, schema: nothing });
      }
      case 'alias': {
        const { alias, number } = write;
        const path = 'registered-models/alias';
        if (number === null) return api.delete({ path, body: { name, alias }, schema: nothing });
        return api.post({ path, body: { name, alias, version: String(number) }, schema: nothing });
      }
      case 'delete': {
        const body = { name, version: String(write.number) };
        return api.delete({ path: 'model-versions/delete', body, schema: nothing });
      }
    }
  }

  async #createModel(name: string): Promise<void> {
    const { api, reader } = this.#parts;
    try {
      await api.post({ path: 'registered-models/create', body: { name }, schema: modelAnswer, once: true });
    } catch (error) {
      // Another writer may just have made it.
      if ((await reader.model(name)) === null) throw error;
    }
  }

  /** Creates a version and looks whether it has its name; where another writer has it, with the next one. */
  async #createFree(
    draft: VersionDraft,
    first: string,
    facts: { author: string; evidence: string; bundle: string | null; runId: string | null },
  ): Promise<ModelVersion> {
    const { api, reader } = this.#parts;
    const name = draft.model;
    let version = first;
    for (let attempt = 1; ; attempt += 1) {
      const body = {
        name,
        source: `mlops://evidence/${facts.evidence}`,
        description: shortDescription(draft.metadata.description),
        tags: tagsOf(draft, { ...facts, version }),
        ...(facts.runId === null ? {} : { run_id: facts.runId }),
      };
      const path = 'model-versions/create';
      const { model_version: made } = await api.post({ path, body, schema: versionAnswer, once: true });
      const model = await reader.model(name);
      const mine = model?.versions.find(({ record }) => record.number === made.version);
      if (mine?.version.version === version) return mine.version;
      await this.#write(name, { type: 'delete', number: made.version });
      if (draft.version !== null || attempt === attempts) throw existsAlready(name, version);
      version = freeVersion(draft, model);
    }
  }

  async #refuseUsed(nonces: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const nonce of nonces) {
      if (await this.isConsumed(nonce, signal)) throw usedBefore();
    }
  }

  /** Here, or as the server's tags tell of other machines. */
  async isConsumed(nonce: string, signal?: AbortSignal): Promise<boolean> {
    if (await this.#parts.audit.isConsumed(nonce)) return true;
    return isTagged(this.#parts.api, consumedTag(nonce), signal);
  }

  async #intend(act: Act, target: string, what: readonly string[]): Promise<number> {
    const { audit, now } = this.#parts;
    const { action, actor, reason, nonces } = act;
    const after = { action, what: [...what] };
    const entry = await audit.append(
      { time: now(), actor, action: 'intent', target, before: null, after, reason },
      nonces,
    );
    return entry.seq;
  }

  async #tell(act: Act, target: string, outcome: Outcome & { readonly intent: number }): Promise<void> {
    const { audit, now } = this.#parts;
    const { action, actor, reason, nonces } = act;
    const { intent, before, failure } = outcome;
    const after: Told = { ...outcome.after, intent };
    if (nonces.length > 0) after.approvals = nonces.join(' ');
    if (failure !== null) after.incomplete = failure instanceof Error ? failure.message : String(failure);
    await audit.append({ time: now(), actor, action, target, before, after, reason });
  }

  /** One after another: what this process itself does at once is no race. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

async function attempted(work: () => Promise<Told>): Promise<Outcome> {
  try {
    return { before: null, after: await work(), failure: null };
  } catch (failure) {
    return { before: null, after: null, failure };
  }
}

function nameOf(version: ModelVersion | null): string | null {
  return version?.version ?? null;
}

/** The number that a draft gets. Fails with `input` where the one it names is taken. */
function freeVersion(draft: VersionDraft, model: MlflowModel | null): string {
  const deleted = deletedVersions(model?.record.tags ?? new Map());
  const there = (model?.versions ?? []).map(({ version }) => version.version);
  if (draft.version === null) {
    return nextVersion(
      [...there, ...deleted].filter((version) => !isDerived(version)),
      draft.bump,
    );
  }
  if (there.includes(draft.version)) throw existsAlready(draft.model, draft.version);
  if (deleted.includes(draft.version)) throw wasDeleted(draft.model, draft.version);
  return draft.version;
}

function noSuchModel(model: string, changes: readonly VersionChange[]): FailureError {
  const [first] = changes.flatMap((change) => ('version' in change ? [change.version] : []));
  if (first !== undefined) return noSuchVersion(model, first);
  return new FailureError('not-found', `There is no model ${model} in this registry.`);
}

function wordsOf({ changes }: ChangePlan): string[] {
  return changes.flatMap(({ before, after }) =>
    Object.entries(after).map(([key, value]) => `${key}: ${before[key] ?? 'none'} → ${value ?? 'none'}`),
  );
}

function differences(
  wanted: ReadonlyMap<string, string | null>,
  found: (key: string) => string | null,
  shown: (key: string) => string,
): string[] {
  return [...wanted].flatMap(([key, value]) =>
    found(key) === value ? [] : [`${shown(key)} is ${found(key) ?? 'none'}, not ${value ?? 'none'}`],
  );
}
