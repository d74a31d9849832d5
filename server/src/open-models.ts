import { realpath } from 'node:fs/promises';
import { walk, withoutMisses } from './language/find-files.ts';
import type { AuditLog } from './models/audit/audit-log.ts';
import type { ModelContents, ModelContext, People } from './models/model-context.ts';
import { findModelPolicy } from './models/model-documents.ts';
import type { ModelRegistry } from './models/model-registry.ts';
import type { OpenModels } from './open-workspace.ts';
import { actorName } from './platform/actor.ts';
import type { ResolvedConfiguration } from './platform/configuration/resolved.ts';
import { runCommand } from './platform/run-command.ts';
import { requireAccess, roleAllows } from './security/access.ts';
import type { WorkspaceOptions } from './workspace-port.ts';

export interface ModelParts {
  readonly registry: ModelRegistry & AuditLog;
  readonly contents: ModelContents;
  readonly workspace: WorkspaceOptions;
  readonly configuration: ResolvedConfiguration;
  readonly signal: AbortSignal;
}

/** Opens the registry and puts together what the work on models needs. Fails as {@link ModelRegistry.initialize} does. */
export async function openModels(parts: ModelParts): Promise<OpenModels> {
  const { registry, contents, workspace, configuration } = parts;
  await registry.initialize(parts.signal);
  const { env } = workspace;
  const context: ModelContext = {
    registry,
    contents,
    audit: registry,
    people: peopleOf(workspace, configuration),
    folder: configuration.root,
    // Documents may be anywhere in the workspace, which begins where its mlops.yaml is.
    policy: async (model, signal) =>
      findModelPolicy(model, walk(await realpath(configuration.root), signal, withoutMisses)),
    run: (command, options) => runCommand(command, { ...options, env: { ...env, ...options.env } }),
    now: Date.now,
  };
  return { context, close: () => registry.cleanup() };
}

function peopleOf({ env }: WorkspaceOptions, { access, root }: ResolvedConfiguration): People {
  const actor = () => actorName(root, env);
  return {
    members: access.policy?.members ?? [],
    folder: root,
    roleAllows: (role, operation) => roleAllows(access, role, operation),
    actor,
    async authorize(operation) {
      const name = await actor();
      requireAccess(access, name, operation);
      return name;
    },
  };
}
