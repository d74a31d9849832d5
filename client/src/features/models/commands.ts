import { approvalCommands } from './approval-commands.ts';
import { type AuditCommandOptions, auditCommands } from './audit-commands.ts';
import { type RegisterCommandOptions, registerCommands } from './register-commands.ts';
import { type ReportCommandOptions, reportCommands } from './report-commands.ts';
import { stageCommands } from './stage-commands.ts';
import { versionCommands } from './version-commands.ts';
import { type RegistryViewOptions, registryViewCommands } from './view-commands.ts';

type Options = RegistryViewOptions & RegisterCommandOptions & ReportCommandOptions & AuditCommandOptions;

/** All commands of the model registry. */
export function registryCommands(options: Options) {
  return {
    ...registryViewCommands(options),
    ...registerCommands(options),
    ...versionCommands(options),
    ...reportCommands(options),
    ...stageCommands(options),
    ...approvalCommands(options),
    ...auditCommands(options),
  };
}
