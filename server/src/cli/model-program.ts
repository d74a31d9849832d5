import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AuditQuery } from '../models/audit/query.ts';
import { FailureError } from '../platform/failure.ts';
import type { Action } from './action.ts';
import { collect, duration, since, until } from './option-values.ts';

const reasonHelp = 'kept in the audit log';

/** The commands on models and their registry. */
export function addModelCommands(program: Command, action: Action): void {
  program
    .command('models')
    .description('models of the registry')
    .command('list')
    .description('list models with their versions, highest first')
    .option('--search <words>', 'only those with these words in name, tags, framework or description', '')
    .option('--archived', 'archived versions too')
    .action(
      action<{ search: string; archived?: boolean }>(async (given, { search, archived = false }) => {
        const { listModels } = await import('./commands/models-list.ts');
        return listModels(given, { search, archived });
      }),
    );

  const model = program.command('model').description('versions of a model: register, sign, validate, promote, …');
  model
    .command('register')
    .description('register what lies in a directory as the next version of a model')
    .argument('<dir>', 'directory with the model')
    .requiredOption('--name <name>', 'the model')
    .addOption(
      new Option('--bump <part>', 'how far the version goes; without it, what changed decides').choices([
        'major',
        'minor',
        'patch',
      ]),
    )
    .option('--as <version>', 'this very version, such as 2.0.0-rc.1')
    .option('--run <id>', 'the run that it came from: params, metrics, data sets and commit are kept with it')
    .option('--description <text>', 'what is special about it', '')
    .option('--tag <key=value>', 'may be repeated', tag, {})
    .option('--parent <version>', 'version that it was made from, such as base@1.2.0; may be repeated', collect, [])
    .action(
      action<RegisterOptions>(async (given, { name, bump, as, run, parent, ...about }, [directory = '']) => {
        const { registerModel } = await import('./commands/model-register.ts');
        const version = { version: as ?? null, bump: bump ?? null };
        const { description, tag: tags } = about;
        const origin = { run: run ?? null, parents: parent };
        return registerModel(given, directory, { name, ...version, ...origin, description, tags });
      }),
    );
  model
    .command('show')
    .description('show all that is known of a version')
    .argument('<version>', 'name@1.2.0, name@alias or name@range')
    .action(
      action(async (given, _, [version = '']) => {
        const { showModel } = await import('./commands/model-show.ts');
        return showModel(given, version);
      }),
    );
  model
    .command('validate')
    .description('ask the gates of the Model document about a version, and keep the report')
    .argument('<version>', 'name@1.2.0, name@alias or name@range')
    .action(
      action(async (given, _, [version = '']) => {
        const { validateModel } = await import('./commands/model-validate.ts');
        return validateModel(given, version);
      }),
    );
  addSigningCommands(model, action);
  addStageCommands(model, action);
  addApprovalCommands(model, action);
  addCareCommands(model, action);

  const audit = program.command('audit').description('the audit log of the registry');
  audit
    .command('list')
    .description('list its entries, oldest first')
    .option('--target <name>', 'of a model or a version')
    .option('--actor <name>', 'of one person')
    .option('--action <name>', 'of one kind, such as promote')
    .option(
      '--since <time>',
      'from then on: a day such as 2026-01-31, a time with it, or how long ago, such as 7d',
      since,
    )
    .option('--until <time>', 'until then, the whole day where it is one', until)
    .option('--text <words>', 'only those with all of these words')
    .addOption(new Option('--format <format>', 'as a file, on standard output').choices(['csv', 'json']))
    .action(
      action<Partial<AuditQuery> & { format?: 'csv' | 'json' }>(async (given, { format, ...query }) => {
        const { listAudit } = await import('./commands/audit-list.ts');
        return listAudit(given, { query, format: format ?? null });
      }),
    );
  audit
    .command('verify')
    .description('look whether it is what was written, and has what its checkpoints and its notes in Git know')
    .option('--key <pem>', 'public key that has to have signed a checkpoint; may be repeated', collect, [])
    .action(
      action<{ key: readonly string[] }>(async (given, { key }) => {
        const { verifyAudit } = await import('./commands/audit-verify.ts');
        return verifyAudit(given, { keys: key });
      }),
    );
  audit
    .command('checkpoint')
    .description('sign its last entry by a key, as a file in audit/')
    .requiredOption('--key <pem>', 'your private key; MLOPS_SIGNING_PASSPHRASE opens it')
    .action(
      action<{ key: string }>(async (given, { key }) => {
        const { checkpointAudit } = await import('./commands/audit-verify.ts');
        return checkpointAudit(given, { key });
      }),
    );
  audit
    .command('anchor')
    .description('note its last entry in Git, so that verify finds a log that was cut or written anew')
    .action(
      action(async (given) => {
        const { anchorAudit } = await import('./commands/audit-verify.ts');
        return anchorAudit(given);
      }),
    );
}

function addSigningCommands(model: Command, action: Action): void {
  model
    .command('sign')
    .description('sign a directory, or a version that is registered, as OpenSSF Model Signing does')
    .argument('<dir>', 'directory with the model, or name@version')
    .requiredOption('--key <pem>', 'private key on P-256, P-384 or P-521; MLOPS_SIGNING_PASSPHRASE opens it')
    .option('--certificate <pem>', 'certificate of the key, then those that vouch for it; may be repeated', collect, [])
    .option('--signature <file>', 'where to write it; default: model.sig in the directory')
    .action(
      action<{ key: string; certificate: readonly string[]; signature?: string }>(async (given, flags, [dir = '']) => {
        const { signModel } = await import('./commands/model-sign.ts');
        const { key, certificate, signature } = flags;
        return signModel(given, dir, { key, certificates: certificate, signature: signature ?? null });
      }),
    );
  model
    .command('verify')
    .description('verify a directory by its signature')
    .argument('<dir>', 'directory with the model')
    .option('--key <pem>', 'public key that you trust; may be repeated', collect, [])
    .option('--certificate-chain <pem>', 'certificates that may vouch for the signer; may be repeated', collect, [])
    .option('--signature <file>', 'where it is; default: model.sig in the directory')
    .action(
      action<{ key: readonly string[]; certificateChain: readonly string[]; signature?: string }>(
        async (given, { key, certificateChain, signature }, [dir = '']) => {
          const { verifySignedModel } = await import('./commands/model-sign.ts');
          return verifySignedModel(given, dir, { keys: key, chains: certificateChain, signature: signature ?? null });
        },
      ),
    );
}

function addStageCommands(model: Command, action: Action): void {
  model
    .command('promote')
    .description('put a version into a stage')
    .argument('<version>', 'name@1.2.0, name@alias or name@range')
    .requiredOption('--to <stage>', 'the stage')
    .option('--reason <text>', reasonHelp)
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--yes', 'ask nothing')
    .action(
      action<StageOptions & { to: string }>(async (given, { to, ...options }, [version = '']) => {
        const { promoteModel } = await import('./commands/model-stage.ts');
        return promoteModel(given, { version, stage: to, ...stageFlags(options) });
      }),
    );
  model
    .command('rollback')
    .description('go back to a version that was in the stage before')
    .argument('<name>', 'the model')
    .requiredOption('--to <version>', 'the version to go back to')
    .requiredOption('--reason <text>', reasonHelp)
    .option('--stage <stage>', 'the stage; without it, the one that the version was in last')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--yes', 'ask nothing')
    .action(
      action<StageOptions & { to: string; stage?: string }>(async (given, { to, stage, ...options }, [name = '']) => {
        const { rollBackModel } = await import('./commands/model-stage.ts');
        return rollBackModel(given, { model: name, to, stage: stage ?? null, ...stageFlags(options) });
      }),
    );
}

function addApprovalCommands(model: Command, action: Action): void {
  model
    .command('approve')
    .description('approve a promotion by a key of a member, as a file in approvals/')
    .argument('<version>', 'name@1.2.0, name@alias or name@range')
    .requiredOption('--to <stage>', 'the stage')
    .requiredOption('--key <pem>', 'your private key; MLOPS_SIGNING_PASSPHRASE opens it')
    .option('--expires <duration>', 'how long it counts, such as 2d; default: 7d', duration)
    .action(
      action<{ to: string; key: string; expires?: number }>(async (given, { to, key, expires }, [version = '']) => {
        const { approveModel } = await import('./commands/model-approve.ts');
        return approveModel(given, { version, stage: to, key, lifetimeMs: expires ?? null });
      }),
    );
  model
    .command('request-approval')
    .description('ask for approvals of a promotion, as a file in approvals/')
    .argument('<version>', 'name@1.2.0, name@alias or name@range')
    .requiredOption('--to <stage>', 'the stage')
    .option('--comment <text>', 'what approvers should know')
    .action(
      action<{ to: string; comment?: string }>(async (given, { to, comment }, [version = '']) => {
        const { requestModelApproval } = await import('./commands/model-approve.ts');
        return requestModelApproval(given, { version, stage: to, comment: comment ?? null });
      }),
    );
  model
    .command('approvals')
    .description('show the approvals of a promotion, and what each is worth; with no version, what was asked for')
    .argument('[version]', 'name@1.2.0, name@alias or name@range')
    .option('--to <stage>', 'the stage')
    .action(
      action<{ to?: string }>(async (given, { to }, [version]) => {
        const { listApprovalRequests, showApprovals } = await import('./commands/model-approve.ts');
        if (version === undefined && to === undefined) return listApprovalRequests(given);
        if (version === undefined || to === undefined) {
          throw new FailureError('input', 'Name both a version and its stage with --to, or neither.');
        }
        return showApprovals(given, { version, stage: to });
      }),
    );
}

function addCareCommands(model: Command, action: Action): void {
  model
    .command('alias')
    .description('let an alias stand for a version')
    .argument('<version>', 'name@1.2.0; with --remove, name@alias')
    .argument('<alias>', 'the alias')
    .option('--remove', 'remove the alias')
    .option('--reason <text>', reasonHelp)
    .action(
      action<{ remove?: boolean; reason?: string }>(async (given, options, [version = '', alias = '']) => {
        const { aliasModel } = await import('./commands/model-care.ts');
        return aliasModel(given, { version, alias, remove: options.remove === true, reason: options.reason ?? null });
      }),
    );
  for (const archived of [true, false]) {
    model
      .command(archived ? 'archive' : 'unarchive')
      .description(archived ? 'take a version out of sight' : 'bring an archived version back')
      .argument('<version>', 'name@1.2.0')
      .option('--reason <text>', reasonHelp)
      .action(
        action<{ reason?: string }>(async (given, { reason }, [version = '']) => {
          const { archiveModel } = await import('./commands/model-care.ts');
          return archiveModel(given, { version, archived, reason: reason ?? null });
        }),
      );
  }
  model
    .command('delete')
    .description('delete a version for good; its number stays taken')
    .argument('<version>', 'name@1.2.0')
    .option('--reason <text>', reasonHelp)
    .option('--yes', 'do it without asking')
    .action(
      action<{ reason?: string; yes?: boolean }>(async (given, { reason, yes = false }, [version = '']) => {
        const { deleteModel } = await import('./commands/model-care.ts');
        return deleteModel(given, { version, yes, reason: reason ?? null });
      }),
    );
  model
    .command('download')
    .description('bring the files of a version to a directory, each verified')
    .argument('<version>', 'name@1.2.0, name@alias or name@range')
    .requiredOption('-o, --output <dir>', 'the directory')
    .action(
      action<{ output: string }>(async (given, { output }, [version = '']) => {
        const { downloadModel } = await import('./commands/model-care.ts');
        return downloadModel(given, { version, target: output });
      }),
    );
}

interface RegisterOptions {
  readonly name: string;
  readonly bump?: 'major' | 'minor' | 'patch';
  readonly as?: string;
  readonly run?: string;
  readonly description: string;
  readonly tag: Readonly<Record<string, string>>;
  readonly parent: readonly string[];
}

interface StageOptions {
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

function stageFlags({ reason, dryRun = false, yes = false }: StageOptions) {
  return { reason: reason ?? null, dryRun, yes };
}

function tag(text: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as key=value.');
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}
