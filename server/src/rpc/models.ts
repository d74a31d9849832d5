import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gateReport } from '#schemas/domain/gate-report.ts';
import type { RunRef } from '#schemas/domain/run.ts';
import * as protocol from '#schemas/protocol/models.ts';
import { approvalCounts } from '../models/approval-counts.ts';
import { readApprovalNames } from '../models/approvals/approval-folder.ts';
import { lookAtModelFolder } from '../models/artifact/model-folder.ts';
import { exportAudit } from '../models/audit/export-entries.ts';
import { auditFacets, queryAudit } from '../models/audit/query.ts';
import { checkSignature } from '../models/check-signature.ts';
import { compareVersions } from '../models/compare-versions.ts';
import { downloadVersion } from '../models/download-version.ts';
import { findVersionOf } from '../models/find-version.ts';
import { archiveVersion, deleteVersion, setAlias } from '../models/manage-versions.ts';
import type { ModelContext } from '../models/model-context.ts';
import { requireModelName } from '../models/model-reference.ts';
import { carryOut, planStagePromotion, planStageRollback, type StageProposal } from '../models/promote.ts';
import { proposeBump } from '../models/propose-version.ts';
import { authorizeRegistering, type RegisterRequest, registerVersion } from '../models/register-version.ts';
import { signVersion } from '../models/sign-version.ts';
import { readCertificates } from '../models/signing/certificates.ts';
import { readPem } from '../models/signing/read-pem.ts';
import { sameSteps, stagesOf } from '../models/stages.ts';
import { validateVersion } from '../models/validate-version.ts';
import { signAuditLog, verifyAuditLog } from '../models/verify-audit.ts';
import { fetchVersionFile } from '../models/version-file.ts';
import { FailureError, toFailure } from '../platform/failure.ts';
import { runFacts } from '../run-facts.ts';
import { fetchRunModel, findRunModels } from '../run-models.ts';
import type { BackendContext } from './context.ts';
import { registerApprovalHandlers } from './model-approvals.ts';
import { chosenFile, keyOf, type ModelParts } from './model-parts.ts';
import { notify, type RequestContext, registerRequest } from './register.ts';
import { RegistryWatcher } from './registry-watcher.ts';

/** Files of a version that travel with its details; more are counted in the version. */
const shownFiles = 2_000;
/** A look for changes of a registry that takes longer failed. */
const longestLookMs = 60_000;

/** Answers everything under `models/`. */
export function registerModelHandlers(context: BackendContext): { dispose(): void } {
  const open = async (folder: string, signal: AbortSignal) => (await context.workspace(folder)).models(signal);
  const tell = (folder: string) => watcher.changed(folder);
  const watcher = new RegistryWatcher({
    token: async (folder, stopped) => {
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(longestLookMs)]);
      const { registry, folder: place } = await open(folder, signal);
      const [token, approvals] = await Promise.all([registry.changeToken(signal), readApprovalNames(place)]);
      return token === null ? null : [token, ...approvals].join('\n');
    },
    refreshMs: () => context.settings().experiments.refreshSeconds * 1_000,
    onChange: (folder, revision) => notify(context, protocol.modelsChanged, { folder, revision }),
  });
  context.onWorkspaceOpened((folder, workspace) => workspace.onDidChange(() => tell(folder)));

  registerRequest(context, protocol.listModels, async ({ folder, text, archived, start, count }, { signal }) => {
    const workspace = await context.workspace(folder);
    const { registry } = await workspace.models(signal);
    const models = await registry.listModels({ text, archived }, signal);
    return {
      models: models.slice(start, start + count).flatMap(({ name, versions }) => {
        const [latest] = versions;
        return latest ? [{ name, versions: versions.length, latest }] : [];
      }),
      total: models.length,
      registry: {
        backend: registry.backend,
        uri: workspace.configuration.registry.uri,
        guarantees: registry.guarantees,
      },
    };
  });
  registerRequest(
    context,
    protocol.listVersions,
    async ({ folder, model, text, archived, start, count }, { signal }) => {
      const models = await open(folder, signal);
      const { registry } = models;
      const all =
        text === ''
          ? await registry.listVersions(model, signal)
          : ((await registry.listModels({ text, archived }, signal)).find(({ name }) => name === model)?.versions ??
            []);
      const versions = all.filter((version) => archived || !version.archived);
      const shown = versions.slice(start, start + count);
      // What a list lacks then is a badge: it is there without.
      const approvals = await approvalCounts(models, { model, versions: shown }, signal).catch((error: unknown) => {
        context.logger.debug('Approvals can’t be counted', { model, error: toFailure(error).message });
        return [];
      });
      return { versions: shown, total: versions.length, approvals };
    },
  );
  registerRequest(context, protocol.getVersion, async ({ folder, ...version }, { signal }) => {
    const details = await findVersionOf((await open(folder, signal)).registry, version, signal);
    return { ...details, files: details.files.slice(0, shownFiles) };
  });
  registerRequest(context, protocol.knownModels, async ({ folder }, { signal }) => {
    const { registry } = await open(folder, signal);
    const models = await registry.listModels({ text: '', archived: true }, signal);
    return { models: toKnown(models) };
  });
  registerRequest(context, protocol.compareVersions, async ({ folder, model, before, after }, { signal }) => {
    const { registry } = await open(folder, signal);
    const [was, is] = await Promise.all(
      [before, after].map((selector) => findVersionOf(registry, { model, selector }, signal)),
    );
    if (!was || !is) throw new Error('Two versions were asked for.');
    return compareVersions(was, is);
  });
  registerRequest(context, protocol.getReport, async ({ folder, digest }, { signal }) => {
    const { content } = await (await open(folder, signal)).registry.report(digest, signal);
    return { report: gateReport.parse(JSON.parse(content)) };
  });
  registerRequest(context, protocol.listStages, async ({ folder, model }, { signal }) => {
    const models = await open(folder, signal);
    const [policy, versions] = await Promise.all([
      models.policy(model, signal),
      models.registry.listVersions(model, signal),
    ]);
    return { stages: stagesOf(policy, versions) };
  });

  registerRequest(context, protocol.watchRegistry, async ({ folder, isInSight }) => {
    watcher.watch(folder, isInSight);
    return {};
  });

  registerContentHandlers(context, { open, tell });
  registerChangeHandlers(context, { open, tell });
  registerApprovalHandlers(context, { open, tell });
  registerAuditHandlers(context, open);
  return { dispose: () => watcher.dispose() };
}

/** Versions whose names the language process keeps: an answer stays under a megabyte. */
const mostKnown = 50_000;

/** Models with all their versions, as many as there is room for: one that is there in part would look as if it lacked some. */
function toKnown(models: Awaited<ReturnType<ModelContext['registry']['listModels']>>) {
  let room = mostKnown;
  return models
    .filter(({ versions }) => {
      room -= versions.length;
      return room >= 0;
    })
    .map(({ name, versions }) => ({
      name,
      versions: versions.map(({ version }) => version),
      aliases: versions.flatMap(({ version, aliases }) => aliases.map((alias) => ({ name: alias, version }))),
    }));
}

function registerContentHandlers(context: BackendContext, { open, tell }: ModelParts): void {
  registerRequest(context, protocol.proposeVersion, async ({ folder, model, directory }, { signal }) => {
    const { registry } = await open(folder, signal);
    const { signature } = await lookAtModelFolder(directory, signal);
    const { bump, ...proposal } = await proposeBump(registry, { model: requireModelName(model), signature }, signal);
    return { ...proposal, because: [...proposal.because], proposed: bump };
  });
  const register = async (folder: string, request: RegisterRequest, { signal, progress }: RequestContext) => {
    const models = await open(folder, signal);
    progress.begin(`Registering ${request.model}`);
    const { version, notes } = await registerVersion(models, request, {
      signal,
      onProgress: (phase, done, total) =>
        progress.report(phase === 'hash' ? 'Reading files' : 'Storing files', total > 0 ? (done / total) * 100 : 100),
    });
    tell(folder);
    return { version, notes: [...notes] };
  };
  const factsOf = async (folder: string, run: RunRef, signal: AbortSignal) => {
    const store = await (await context.workspace(folder)).tracker(run.tracker, signal);
    return runFacts(store, run, signal);
  };
  registerRequest(context, protocol.registerModel, async ({ folder, run, ...request }, rest) => {
    const facts = run === null ? null : await factsOf(folder, run, rest.signal);
    return register(folder, { ...request, run: facts }, rest);
  });
  registerRequest(context, protocol.listRunModels, async ({ folder, run }, { signal }) => {
    const store = await (await context.workspace(folder)).tracker(run.tracker, signal);
    return { models: await findRunModels(store, run.runId, signal) };
  });
  registerRequest(context, protocol.registerRunModel, async ({ folder, run, path, ...request }, rest) => {
    await authorizeRegistering(await open(folder, rest.signal));
    const store = await (await context.workspace(folder)).tracker(run.tracker, rest.signal);
    const parent = await mkdtemp(join(tmpdir(), 'mlops-run-'));
    try {
      const directory = join(parent, 'model');
      await fetchRunModel(store, { runId: run.runId, path, target: directory }, rest.signal);
      const facts = await runFacts(store, run, rest.signal);
      return await register(folder, { ...request, directory, run: facts }, rest);
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });
  registerRequest(context, protocol.downloadVersion, async ({ folder, ...request }, { signal, progress }) => {
    const models = await open(folder, signal);
    progress.begin(`Fetching ${request.model}`);
    const onProgress = (done: number, total: number) => progress.report('', total > 0 ? (done / total) * 100 : 100);
    const { files, bytes } = await downloadVersion(models, request, { signal, onProgress });
    return { files, bytes };
  });
  registerRequest(context, protocol.versionFile, async ({ folder, path, ...version }, { signal }) => ({
    file: await fetchVersionFile(await open(folder, signal), { ...version, path }, signal),
  }));
}

function registerChangeHandlers(context: BackendContext, { open, tell }: ModelParts): void {
  registerRequest(context, protocol.signVersion, async (params, { signal }) => {
    const { folder, key: file, certificates, passphrase, ...version } = params;
    const models = await open(folder, signal);
    const key = await keyOf(context, { file, passphrase });
    const chain = await Promise.all(
      certificates.map(async (path) => readCertificates(await readPem(path, chosenFile), path)),
    );
    const { signer } = await signVersion(models, { ...version, signer: { key, certificates: chain.flat() } }, signal);
    tell(folder);
    return { signer };
  });
  registerRequest(context, protocol.verifyVersion, async ({ folder, ...version }, { signal }) => {
    const models = await open(folder, signal);
    const details = await findVersionOf(models.registry, version, signal);
    return checkSignature(models, details, await models.policy(details.version.model, signal));
  });
  registerRequest(context, protocol.validateVersion, async ({ folder, ...version }, { signal, progress }) => {
    const models = await open(folder, signal);
    progress.begin(`Asking the gates of ${version.model}`);
    const onGate = (done: number, total: number) =>
      progress.report(`Gate ${done + 1} of ${total}`, (done / total) * 100);
    const result = await validateVersion(models, version, { signal, onGate });
    tell(folder);
    return result;
  });
  registerRequest(context, protocol.planStage, async ({ folder, ...change }, { signal }) =>
    toWire(await plan(await open(folder, signal), change, signal)),
  );
  registerRequest(context, protocol.changeStage, async ({ folder, reason, seen, ...change }, { signal }) => {
    const models = await open(folder, signal);
    const proposal = await plan(models, change, signal);
    if (!sameSteps(proposal.plan.steps, seen)) {
      throw new FailureError('busy', 'The registry has changed since the plan was shown.', {
        remedy: 'Nothing was changed. Look at the plan again.',
      });
    }
    await carryOut(models, proposal, reason, signal);
    tell(folder);
    return toWire(proposal);
  });
  registerRequest(context, protocol.setAlias, async ({ folder, ...request }, { signal }) => {
    const result = await setAlias(await open(folder, signal), request, signal);
    tell(folder);
    return result;
  });
  registerRequest(context, protocol.archiveVersion, async ({ folder, ...request }, { signal }) => {
    const version = await archiveVersion(await open(folder, signal), request, signal);
    tell(folder);
    return { version };
  });
  registerRequest(context, protocol.deleteVersion, async ({ folder, ...request }, { signal }) => {
    const version = await deleteVersion(await open(folder, signal), request, signal);
    tell(folder);
    return { version };
  });
}

function registerAuditHandlers(context: BackendContext, open: ModelParts['open']): void {
  registerRequest(context, protocol.listAudit, async ({ folder, start, count, ...query }, { signal }) => {
    const { audit } = await open(folder, signal);
    const entries = queryAudit(audit, query).reverse();
    return { entries: entries.slice(start, start + count), total: entries.length };
  });
  registerRequest(context, protocol.auditFacets, async ({ folder }, { signal }) =>
    auditFacets((await open(folder, signal)).audit),
  );
  registerRequest(context, protocol.exportAudit, async ({ folder, format, path, ...query }, { signal }) => {
    const { audit } = await open(folder, signal);
    const entries = queryAudit(audit, query);
    await exportAudit(entries, { format, path }, signal);
    return { entries: entries.length, path };
  });
  registerRequest(context, protocol.verifyAudit, async ({ folder }, { signal }) =>
    verifyAuditLog(await open(folder, signal)),
  );
  registerRequest(context, protocol.signAuditLog, async ({ folder, key: path, passphrase }, { signal }) => {
    const key = await keyOf(context, { file: path, passphrase });
    return signAuditLog(await open(folder, signal), key);
  });
}

interface StageChange {
  readonly model: string;
  readonly selector: string;
  readonly action: 'promote' | 'rollback';
  readonly stage: string | null;
}

function plan(models: ModelContext, { action, stage, ...version }: StageChange, signal: AbortSignal) {
  if (action === 'rollback') return planStageRollback(models, { ...version, stage }, signal);
  if (stage !== null) return planStagePromotion(models, { ...version, stage }, signal);
  throw new FailureError('input', 'A promotion names the stage.');
}

function toWire({ action, candidate, stage, plan: { steps, problems } }: StageProposal) {
  const { model, version } = candidate;
  return { action, model, version, stage, steps: [...steps], problems: [...problems] };
}
