import { z } from 'zod';
import { connection } from '../domain/connection.ts';
import type { Ecosystem } from '../domain/ecosystem.ts';
import { languageSettings } from './language-settings.ts';
import { defineNotification, defineRequest } from './request.ts';

/** Every request names the workspace folder it is about, by its `file:` URI. */
export const inFolder = z.object({ folder: z.string() });

const toggle = z.object({ enabled: z.boolean().default(true) }).prefault({});

/** Settings that reach the server; each mirrors `mlops.*` in package.json. */
export const settings = z.object({
  tracking: z.object({ uri: z.string().default('') }).prefault({}),
  experiments: z
    .object({ pageSize: z.int().min(10).max(1000).default(100), refreshSeconds: z.int().min(1).max(3600).default(5) })
    .prefault({}),
  monitoring: z.object({ schedules: z.boolean().default(true) }).prefault({}),
  http: z.object({ timeoutSeconds: z.int().min(1).max(600).default(30), proxy: z.string().default('') }).prefault({}),
  ecosystem: z
    .object({
      mlproject: toggle,
      dvc: toggle,
      kserve: toggle,
      argo: toggle,
      kfp: toggle,
      conda: toggle,
    } satisfies Record<Ecosystem, unknown>)
    .prefault({}),
  ...languageSettings.shape,
});
export type Settings = z.infer<typeof settings>;

/** Handed to the language process as `initializationOptions`. */
export const initializationOptions = z.object({
  trusted: z.boolean(),
  settings: settings.prefault({}),
  /** VS Code's `http.proxy*` as environment for the backend. */
  proxyEnvironment: z.record(z.string(), z.string()).default({}),
  /** Another extension checks YAML's syntax, and some files by the schema store. */
  hasYamlExtension: z.boolean().default(false),
  /** Commands of the client that answers may name. */
  commands: z.array(z.string()).default([]),
});
export type InitializationOptions = z.infer<typeof initializationOptions>;

/** Trust was granted, or settings changed: the backend rebuilds what depends on it. */
export const workspaceChanged = defineNotification('workspace/changed', initializationOptions);

export const listConnections = defineRequest(
  'connections/list',
  inFolder.extend({ check: z.boolean().default(true) }),
  z.object({
    connections: z.array(connection),
    warnings: z.array(z.object({ file: z.string(), message: z.string() })),
  }),
);

/** A text for a bug report: versions, platform, connections, the last log lines; no secret, no user name, no home path. */
export const collectDiagnostics = defineRequest(
  'connections/diagnostics',
  // What only the client knows: the versions of extension and editor, a line each.
  inFolder.extend({ client: z.array(z.string()).max(10).default([]) }),
  z.object({ text: z.string() }),
);

/** A secret or a permission changed: connections of that origin are built anew. */
export const credentialsChanged = defineNotification(
  'connections/credentialsChanged',
  z.object({ origin: z.string() }),
);

export const connectionsChanged = defineNotification('connections/changed', inFolder);

/** The backend process ended and was (or will be, in `retryInMs`) started again: views ask anew. */
export const backendRestarted = defineNotification(
  'backend/restarted',
  z.object({ reason: z.string(), retryInMs: z.number().nullable() }),
);

// ── asked by the server of the client ───────────────────────────────────────────────────────────────────────────
/** What SecretStorage has for an origin. */
export const getCredential = defineRequest(
  'client/credential',
  z.object({ origin: z.string() }),
  z.object({
    credential: z
      .discriminatedUnion('type', [
        z.object({ type: z.literal('basic'), username: z.string(), password: z.string() }),
        z.object({ type: z.literal('bearer'), token: z.string() }),
      ])
      .nullable(),
  }),
);

/**
 * May the workspace's configuration connect to this origin? Asked once an origin and folder; the answer is kept. Without
 * `ask` (a check of health, say) the person is left alone, and what they did not allow before is not allowed.
 */
export const allowOrigin = defineRequest(
  'client/allowOrigin',
  inFolder.extend({ origin: z.string(), connection: z.string(), ask: z.boolean().default(true) }),
  z.object({ allowed: z.boolean() }),
);
