import type { ConfigurationSource, ConnectionKind } from '#schemas/domain/connection.ts';
import type { Credential } from '../credentials.ts';
import type { StorageEntry, WorkspaceDocument } from './document.ts';
import type { Environment } from './environment.ts';
import { expandAddress } from './expressions.ts';
import type { ResolvedService } from './resolved.ts';
import { withoutUserInfo } from './tracking-uri.ts';

interface ServiceInputs {
  readonly document: WorkspaceDocument | null;
  readonly environment: Environment;
  readonly root: string;
  /** Names that are in use already. */
  readonly taken: readonly string[];
}

type ServiceKind = Exclude<ConnectionKind, 'tracker'>;

interface Draft {
  readonly name: string;
  readonly kind: ServiceKind;
  readonly backend: string;
  readonly uri: string;
  readonly source: ConfigurationSource;
  readonly credential?: Credential | null;
}

/** Registry, storage, metrics, clusters and channels that the configuration names, under names of their own. */
export function resolveServices(inputs: ServiceInputs): ResolvedService[] {
  const used = new Set(inputs.taken);
  return drafts(inputs).map((draft) => {
    const name = free(draft, used);
    used.add(name);
    return complete({ ...draft, name }, inputs.environment);
  });
}

function drafts(inputs: ServiceInputs): Draft[] {
  return [
    ...registries(inputs),
    ...storages(inputs),
    ...monitoring(inputs),
    ...clusters(inputs),
    ...(inputs.document?.channels ?? []).map(
      (channel): Draft => ({
        name: channel.name,
        kind: 'alerting',
        backend: channel.type,
        uri: channel.type,
        source: 'mlops.yaml',
      }),
    ),
  ];
}

function registries({ document, environment }: ServiceInputs): Draft[] {
  const uri = environment.get('MODEL_REGISTRY_URI');
  const backend = environment.get('MODEL_REGISTRY_BACKEND');
  const entry = document?.registry ?? null;
  const named = { name: 'registry', kind: 'registry' as const };
  const variable = uri ?? backend;
  if (variable !== null) {
    const kind = backend?.value ?? (/^https?:/.test(uri?.value ?? '') ? 'mlflow' : 'sqlite');
    return [{ ...named, backend: kind, uri: uri?.value ?? '', source: variable.source }];
  }
  if (entry === null) return [];
  return [{ ...named, backend: entry.backend, uri: entry.uri, source: 'mlops.yaml' }];
}

function storages({ document, environment }: ServiceInputs): Draft[] {
  const named = { name: 'storage', kind: 'storage' as const };
  const path = environment.get('ARTIFACT_STORAGE_PATH') ?? environment.get('MLFLOW_ARTIFACT_ROOT');
  const type = environment.get('ARTIFACT_STORAGE_TYPE');
  const variable = path ?? type;
  if (variable !== null) {
    return [{ ...named, backend: type?.value ?? 'local', uri: path?.value ?? '', source: variable.source }];
  }
  const entry = document?.storage ?? null;
  if (entry === null) return [];
  return [{ ...named, backend: entry.type, uri: storageUri(entry), source: 'mlops.yaml' }];
}

function storageUri({ type, account, bucket, container, prefix, path }: StorageEntry): string {
  if (type === 'local') return path;
  const place = [account, container ?? bucket].filter((part) => part !== undefined).join('/');
  return `${type}://${place}/${prefix}`;
}

function monitoring({ document, environment }: ServiceInputs): Draft[] {
  const kinds = [
    { kind: 'prometheus', variable: 'PROMETHEUS_URL' },
    { kind: 'grafana', variable: 'GRAFANA_URL' },
  ] as const;
  return kinds.flatMap(({ kind, variable }): Draft[] => {
    const set = environment.get(variable);
    const entry = document?.monitoring[kind];
    const draft = { name: kind, kind, backend: kind };
    if (set !== null) {
      // A token is for the address beside it: the environment's never goes to one that a `.env` or mlops.yaml names.
      const token = environment.from(set.source, kind === 'grafana' ? 'GRAFANA_TOKEN' : 'PROMETHEUS_TOKEN');
      const credential = token === null ? null : ({ type: 'bearer', token } as const);
      return [{ ...draft, uri: set.value, source: set.source, credential }];
    }
    return entry === undefined ? [] : [{ ...draft, uri: entry, source: 'mlops.yaml' }];
  });
}

function clusters({ document, environment }: ServiceInputs): Draft[] {
  const named = { kind: 'kubernetes' as const, backend: 'kubernetes' };
  const listed = [...(document?.environments ?? [])].flatMap(([name, { kubernetes }]): Draft[] => {
    if (kubernetes === undefined) return [];
    const uri = `${kubernetes.context ?? 'current context'}/${kubernetes.namespace}`;
    return [{ ...named, name, uri, source: 'mlops.yaml' }];
  });
  const set = environment.get('KUBERNETES_CONFIG_PATH');
  if (set === null || listed.length > 0) return listed;
  const namespace = environment.get('DEFAULT_NAMESPACE')?.value ?? 'default';
  return [{ ...named, name: 'kubernetes', uri: `${set.value}/${namespace}`, source: set.source }];
}

function complete(draft: Draft, environment: Environment): ResolvedService {
  const shown = withoutUserInfo(draft.uri);
  const credential = draft.credential ?? null;
  const wrong = (message: string): ResolvedService => ({
    ...draft,
    credential: null,
    uri: shown,
    origin: null,
    consent: 'given',
    problem: { attention: 'fix-configuration', message },
  });
  const expanded =
    draft.source === 'mlops.yaml'
      ? expandAddress(draft.uri, environment)
      : { ok: true as const, text: draft.uri, addressGiven: false };
  if (!expanded.ok) return wrong(expanded.message);
  const url = URL.parse(expanded.text);
  const isWeb = url !== null && /^https?:$/.test(url.protocol);
  if ((draft.kind === 'prometheus' || draft.kind === 'grafana') && !isWeb) {
    return wrong(`“${shown}” is no web address: write http://host:port.`);
  }
  if (!isWeb) {
    const uri = withoutUserInfo(expanded.text);
    return { ...draft, credential: null, uri, origin: null, consent: 'given', problem: null };
  }
  const own = draft.source === 'environment' || expanded.addressGiven;
  return {
    ...draft,
    credential,
    uri: withoutUserInfo(expanded.text).replace(/\/+$/, ''),
    origin: url.origin,
    consent: own ? 'given' : 'ask',
    problem: null,
  };
}

function free({ name, kind }: Draft, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name;
  const plain = `${name} (${kind})`;
  for (let number = 2; ; number++) {
    const candidate = number === 2 ? plain : `${plain} ${number - 1}`;
    if (!used.has(candidate)) return candidate;
  }
}
