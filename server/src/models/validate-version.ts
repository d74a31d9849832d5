import type { GateReport, GateResult } from '#schemas/domain/gate-report.ts';
import type { ModelVersionDetails } from '#schemas/domain/model-version.ts';
import { fromJsonNumber } from '#schemas/domain/number.ts';
import { digestOfJson } from '../platform/canonical-json.ts';
import { FailureError, toFailure } from '../platform/failure.ts';
import { compareSignatures } from './artifact/signature-diff.ts';
import { checkSignature } from './check-signature.ts';
import { findVersionOf } from './find-version.ts';
import { evaluateGate } from './gates/evaluate-gate.ts';
import type { Gate, GateQuestions, GateSubject } from './gates/gate.ts';
import { gatesDigest } from './gates/gate-digest.ts';
import { digestsOf } from './known-files.ts';
import type { ModelContext } from './model-context.ts';
import type { ModelPolicy } from './model-documents.ts';
import { formatVersion } from './model-reference.ts';
import { judgePickles } from './pickle/pickle-policy.ts';
import { scanModel } from './pickle/scan-model.ts';
import { versionInUse } from './version-in-use.ts';
import { WorkingCopy } from './working-copy.ts';

export interface ValidateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Which gate is asked now, of how many. */
  readonly onGate?: ((done: number, total: number) => void) | undefined;
}

/**
 * Asks all gates of the Model document about a version, and keeps the report in the registry as evidence. A gate that
 * can’t be asked is closed, with the reason. Fails with `input` where nothing says what to ask.
 */
export async function validateVersion(
  context: ModelContext,
  { model, selector }: { readonly model: string; readonly selector: string },
  { signal, onGate }: ValidateOptions = {},
): Promise<{ readonly report: GateReport; readonly digest: string }> {
  const actor = await context.people.authorize('validate');
  const details = await findVersionOf(context.registry, { model, selector }, signal);
  const { version } = details;
  const { manifestDigest } = digestsOf(version);
  const policy = await context.policy(version.model, signal);
  const gates = policy?.document.validation?.gates ?? [];
  if (policy === null || gates.length === 0) throw nothingToAsk(version.model, policy);
  await using copy = new WorkingCopy(context.contents, details.files, { signal });
  const questions = questionsAbout({ context, details, policy, copy, signal });
  const results: GateResult[] = [];
  for (const gate of gates) {
    onGate?.(results.length, gates.length);
    results.push(await ask(gate, subjectOf(details), questions, signal));
  }
  const report: GateReport = {
    model: version.model,
    version: version.version,
    manifestDigest,
    gatesDigest: gatesDigest(gates),
    passed: results.every(({ passed }) => passed),
    gates: withUniqueNames(results),
    createdAt: context.now(),
  };
  const { content, digest } = digestOfJson(report);
  const change = {
    type: 'report',
    version: version.version,
    report: { digest, passed: report.passed, content },
  } as const;
  await context.registry.change(
    version.model,
    [change],
    { action: 'validate', actor, reason: null, nonces: [] },
    signal,
  );
  return { report, digest };
}

function nothingToAsk(model: string, policy: ModelPolicy | null): FailureError {
  const where =
    policy === null ? `There is no Model document for ${model}` : `${policy.file} has no gates for ${model}`;
  return new FailureError('input', `${where}: nothing says what its versions have to show.`, {
    remedy: `Add validation.gates to a document with kind: Model and metadata.name: ${model}.`,
  });
}

async function ask(
  gate: Gate,
  subject: GateSubject,
  questions: GateQuestions,
  signal: AbortSignal | undefined,
): Promise<GateResult> {
  try {
    return await evaluateGate(gate, subject, questions);
  } catch (error) {
    signal?.throwIfAborted();
    // One gate that can't be asked leaves the others worth knowing.
    const { message, reason } = toFailure(error);
    if (reason === 'internal') throw error;
    return { name: nameOf(gate), passed: false, value: null, bound: null, detail: `It can’t be asked: ${message}` };
  }
}

function nameOf(gate: Gate): string {
  if ('metric' in gate) return gate.metric;
  if ('command' in gate) return gate.name ?? gate.command;
  return Object.keys(gate)[0] ?? 'gate';
}

/** Two gates on one metric may come to one name: the second says that it is. */
function withUniqueNames(results: readonly GateResult[]): GateResult[] {
  const seen = new Map<string, number>();
  return results.map((result) => {
    const count = (seen.get(result.name) ?? 0) + 1;
    seen.set(result.name, count);
    return count === 1 ? result : { ...result, name: `${result.name} (${count})` };
  });
}

function subjectOf({ version, metadata }: ModelVersionDetails): GateSubject {
  const metrics = Object.fromEntries(
    Object.entries(metadata.metrics).map(([name, value]) => [name, fromJsonNumber(value)]),
  );
  return { version, metrics, licence: metadata.licence, card: metadata.card };
}

interface Subject {
  readonly context: ModelContext;
  readonly details: ModelVersionDetails;
  readonly policy: ModelPolicy;
  readonly copy: WorkingCopy;
  readonly signal: AbortSignal | undefined;
}

function questionsAbout({ context, details, policy, copy, signal }: Subject): GateQuestions {
  const { registry } = context;
  const { model, version } = details.version;
  return {
    async baseline(selector) {
      try {
        const found = await findVersionOf(registry, { model, selector }, signal);
        return found.version.version === version ? null : subjectOf(found);
      } catch (error) {
        if (error instanceof FailureError && error.reason === 'not-found') return null;
        throw error;
      }
    },
    async schemaChange() {
      const other = await versionInUse(registry, { model, policy }, signal);
      if (other === null || other === version) return null;
      const before = await registry.version(model, other, signal);
      return compareSignatures(before.metadata.signature, details.metadata.signature);
    },
    signature: () => checkSignature(context, details, policy),
    async pickles() {
      const report = await scanModel(await copy.folder(), details.files, { signal });
      return judgePickles(report, policy.document.pickle);
    },
    async run(command, timeoutMs) {
      const env = { MLOPS_MODEL: model, MLOPS_MODEL_VERSION: version, MLOPS_MODEL_PATH: await copy.folder() };
      return context.run(command, { cwd: policy.folder, env, timeoutMs, signal });
    },
  };
}

/** Whether gates let a version through; for messages. */
export function gateSummary(report: GateReport): string {
  const closed = report.gates.filter(({ passed }) => !passed).length;
  const name = formatVersion(report);
  const all = report.gates.length;
  if (closed === 0) return all === 1 ? `${name} passed its gate.` : `${name} passed all ${all} gates.`;
  return all === 1 ? `The gate is closed to ${name}.` : `${closed} of ${all} gates are closed to ${name}.`;
}
