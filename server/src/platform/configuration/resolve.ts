import type { ConfigurationSource } from '#schemas/domain/connection.ts';
import { resolveAlerting } from './channels.ts';
import type { TrackingEntry, WorkspaceDocument } from './document.ts';
import { entryCredential } from './entry-credential.ts';
import type { Environment } from './environment.ts';
import { expandAddress } from './expressions.ts';
import { insecureTlsConfirmed } from './insecure-tls.ts';
import type { FoundStore } from './locate.ts';
import { resolveRegistry } from './registry.ts';
import type { ConfigurationWarning, Consent, ResolvedConfiguration, ResolvedTracker } from './resolved.ts';
import { resolveServices } from './services.ts';
import { resolveStorage } from './storage.ts';
import { parseTrackingUri, withoutUserInfo } from './tracking-uri.ts';

export interface ConfigurationInputs {
  readonly root: string;
  readonly folder: string;
  readonly document: WorkspaceDocument | null;
  /** An `mlops.yaml` that is there but can’t be read; null where that is not so. */
  readonly brokenFile: string | null;
  readonly environment: Environment;
  /** The setting `mlops.tracking.uri`; empty for none. */
  readonly settingsTrackingUri: string;
  /** The tracking URI of the command line. */
  readonly explicitTracking: string | null;
  readonly found: readonly FoundStore[];
  readonly warnings: readonly ConfigurationWarning[];
}

/** The tracker that settings, environment or command line configure: it has no entry and so no name of its own. */
const defaultTrackerName = 'default';

/**
 * Puts together what `mlops.yaml`, the environment, `.env`, settings and the folder itself say. Entries of
 * `mlops.yaml` are all there; the default tracker is the command line's, else the settings', else the environment's,
 * else the first entry, else what lies in the folder.
 */
export function resolveConfiguration(inputs: ConfigurationInputs): ResolvedConfiguration {
  const { document, environment } = inputs;
  const warnings: ConfigurationWarning[] = [...inputs.warnings];
  const base = {
    name: document?.name ?? '',
    root: inputs.root,
    file: document?.file ?? null,
    access: accessOf(inputs),
    alerting: resolveAlerting(document, environment),
  };
  if (inputs.explicitTracking !== null) {
    const tracker = named(defaultTrackerName, inputs.explicitTracking, {
      inputs,
      source: 'command line',
      base: inputs.folder,
    });
    const registry = resolveRegistry(undefined, { root: inputs.root, tracker });
    const storage = resolveStorage(undefined, null, { root: inputs.root, environment });
    return { ...base, trackers: [tracker], defaultTracker: tracker.name, services: [], registry, storage, warnings };
  }
  const entries = listed(inputs, warnings);
  const unnamed = defaultFromOutside(inputs);
  const same = unnamed && entries.find((entry) => sameTarget(entry, unnamed));
  const configured = unnamed === null || same !== undefined ? entries : [...entries, renamed(unnamed, entries)];
  const trackers = configured.length > 0 ? configured : found(inputs);
  const services = resolveServices({
    document,
    environment,
    root: inputs.root,
    taken: trackers.map(({ name }) => name),
  });
  warnings.push(...unusedSecrets(environment, trackers));
  const preferred = same ?? (unnamed === null ? trackers[0] : trackers.at(-1));
  const registry = services.find(({ kind }) => kind === 'registry');
  const storage = services.find(({ kind }) => kind === 'storage');
  return {
    ...base,
    trackers,
    defaultTracker: preferred?.name ?? null,
    services,
    registry: resolveRegistry(registry, { root: inputs.root, tracker: preferred }),
    storage: resolveStorage(storage, document?.storage ?? null, { root: inputs.root, environment }),
    warnings,
  };
}

function accessOf({ document, brokenFile }: ConfigurationInputs): ResolvedConfiguration['access'] {
  if (brokenFile !== null) return { policy: null, problem: `${brokenFile} can’t be read.` };
  return document?.access ?? { policy: null, problem: null };
}

function listed(inputs: ConfigurationInputs, warnings: ConfigurationWarning[]): ResolvedTracker[] {
  const { document } = inputs;
  const trackers: ResolvedTracker[] = [];
  for (const entry of document?.tracking ?? []) {
    const warn = (message: string) =>
      warnings.push({ file: document?.file ?? '', line: entry.line, message: `tracking “${entry.name}”: ${message}` });
    if (trackers.some(({ name }) => name === entry.name)) {
      warn('another entry has that name; this one is ignored.');
      continue;
    }
    const tracker = fromEntry(entry, inputs, warn);
    if (tracker.problem?.attention === 'fix-configuration') warn(tracker.problem.message);
    if (withoutUserInfo(entry.uri) !== entry.uri) {
      warn('its address holds a password. Take it out and sign in instead.');
    }
    trackers.push(tracker);
  }
  return trackers;
}

function fromEntry(
  entry: TrackingEntry,
  inputs: ConfigurationInputs,
  warn: (message: string) => void,
): ResolvedTracker {
  if (entry.backend !== 'mlflow') {
    const problem = { attention: 'unsupported' as const, message: 'Not supported yet in this version.' };
    return { ...broken(entry.name, entry, problem.message), problem };
  }
  const expanded = expandAddress(entry.uri, inputs.environment);
  if (!expanded.ok) return broken(entry.name, entry, expanded.message);
  const tracker = named(entry.name, expanded.text, { inputs, source: 'mlops.yaml', base: inputs.root });
  const consent = expanded.addressGiven ? 'given' : tracker.consent;
  const secret = entryCredential(entry, { environment: inputs.environment, origin: tracker.origin });
  if (secret.warning !== null) warn(secret.warning);
  const insecureTls = entry.insecureTls && passesOverCertificates(tracker.origin, inputs.environment, warn);
  return {
    ...tracker,
    credential: secret.credential ?? tracker.credential,
    insecureTls,
    artifactRoot: folderAt(entry.artifactRoot, inputs.root),
    serverWorkspace: entry.workspace ?? null,
    consent,
  };
}

function passesOverCertificates(
  origin: string | null,
  environment: Environment,
  warn: (message: string) => void,
): boolean {
  if (origin === null) return false;
  const confirmed = insecureTlsConfirmed(environment, origin);
  if (!confirmed) {
    warn(
      `its insecureTls is ignored, the certificate of ${origin} is checked: a file can’t turn that off by itself. If you want it, set MLFLOW_TRACKING_INSECURE_TLS=true and MLFLOW_TRACKING_URI to that server in your environment; better, name its authority in MLFLOW_TRACKING_SERVER_CERT_PATH.`,
    );
  }
  return confirmed;
}

function defaultFromOutside(inputs: ConfigurationInputs): ResolvedTracker | null {
  const { environment, settingsTrackingUri, folder } = inputs;
  const settings = settingsTrackingUri.trim();
  if (settings !== '') return named(defaultTrackerName, settings, { inputs, source: 'settings', base: folder });
  const variable = environment.get('MLFLOW_TRACKING_URI');
  if (variable === null) return null;
  const tracker = named(defaultTrackerName, variable.value, { inputs, source: variable.source, base: folder });
  const artifacts = environment.get('MLFLOW_ARTIFACT_ROOT')?.value;
  return { ...tracker, artifactRoot: folderAt(artifacts, folder) };
}

/** An absolute folder for a path or `file:` URI; null for what is no folder here. */
function folderAt(place: string | undefined, base: string): string | null {
  if (place === undefined) return null;
  const { target } = parseTrackingUri(place, base);
  return target.type === 'file' ? target.path : null;
}

function found({ found: stores, folder, ...rest }: ConfigurationInputs): ResolvedTracker[] {
  const inputs = { found: stores, folder, ...rest };
  return stores.map(({ name, uri }) => named(name, uri, { inputs, source: 'found', base: folder }));
}

interface Origin {
  readonly inputs: ConfigurationInputs;
  readonly source: ConfigurationSource;
  readonly base: string;
}

function named(name: string, uri: string, { inputs, source, base }: Origin): ResolvedTracker {
  const parsed = parseTrackingUri(uri, base);
  const { backend, target, origin, credential, problem } = parsed;
  return {
    name,
    backend,
    target,
    origin,
    credential,
    problem,
    uri: parsed.uri,
    artifactRoot: null,
    insecureTls: false,
    serverWorkspace: null,
    source,
    consent: consentFor(origin, source, inputs.environment),
  };
}

/** An address is the person's own when they gave it on the command line or in their environment. */
function consentFor(origin: string | null, source: ConfigurationSource, environment: Environment): Consent {
  if (origin === null || source === 'command line' || source === 'environment') return 'given';
  return originOfUri(environment.from('environment', 'MLFLOW_TRACKING_URI')) === origin ? 'given' : 'ask';
}

export function originOfUri(uri: string | null): string | null {
  return uri === null ? null : parseTrackingUri(uri, '/').origin;
}

function broken(name: string, entry: { backend: string; uri: string }, message: string): ResolvedTracker {
  return {
    name,
    backend: entry.backend,
    target: { type: 'none' },
    uri: withoutUserInfo(entry.uri),
    origin: null,
    artifactRoot: null,
    insecureTls: false,
    serverWorkspace: null,
    credential: null,
    source: 'mlops.yaml',
    consent: 'given',
    problem: { attention: 'fix-configuration', message },
  };
}

function sameTarget({ target: a }: ResolvedTracker, { target: b }: ResolvedTracker): boolean {
  if (a.type === 'rest' && b.type === 'rest') return a.url === b.url;
  if (a.type === 'sqlite' && b.type === 'sqlite') return a.path === b.path;
  return a.type === 'file' && b.type === 'file' && a.path === b.path;
}

function renamed(tracker: ResolvedTracker, taken: readonly ResolvedTracker[]): ResolvedTracker {
  let { name } = tracker;
  for (let number = 2; taken.some((other) => other.name === name); number++) name = `${tracker.name}-${number}`;
  return { ...tracker, name };
}

/** A token without an address beside it is sent nowhere: say so where someone may wonder. */
function unusedSecrets(environment: Environment, trackers: readonly ResolvedTracker[]): ConfigurationWarning[] {
  if (!trackers.some(({ origin }) => origin !== null)) return [];
  return (['environment', '.env'] as const).flatMap((source) => {
    const set = ['MLFLOW_TRACKING_TOKEN', 'MLFLOW_TRACKING_PASSWORD'].find((name) => environment.from(source, name));
    if (set === undefined || environment.from(source, 'MLFLOW_TRACKING_URI') !== null) return [];
    const where = source === '.env' ? (environment.file ?? '.env') : 'environment';
    const message = `${set} is sent nowhere: no MLFLOW_TRACKING_URI stands beside it to say which server it is for.`;
    return [{ file: where, line: null, message }];
  });
}
