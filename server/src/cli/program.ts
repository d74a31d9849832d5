import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import { readVersion } from '../platform/version.ts';
import type { Action } from './action.ts';
import { addAlertCommands } from './alert-program.ts';
import type { Invocation } from './invocation.ts';
import { addModelCommands } from './model-program.ts';
import { addCheckCommands, addDashboardCommands } from './monitor-program.ts';
import { collect, driftMethod, wholeNumber } from './option-values.ts';
import { createOutput } from './output.ts';
import type { Terminal } from './terminal.ts';

interface GlobalOptions {
  readonly cwd?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

export interface Program {
  readonly command: Command;
  setResult(listener: (code: number) => void): void;
}

/** All commands. The code of one is loaded when it runs: `--version` and `--help` answer at once. */
export function createProgram(terminal: Terminal, signal: AbortSignal): Program {
  let onResult: (code: number) => void = () => undefined;
  const program = new Command('mlops');
  const invocation = (command: Command): Invocation => {
    const { cwd = '.', json = false, verbose = false, color } = command.optsWithGlobals<GlobalOptions>();
    return {
      terminal,
      signal,
      verbose,
      output: createOutput(terminal, { json, color }),
      cwd: resolve(terminal.cwd(), cwd),
    };
  };
  /** Runs a command's function with what every command gets; what it returns is the exit code. */
  const action: Action =
    <O>(execute: (invocation: Invocation, options: O, args: readonly string[]) => Promise<number>) =>
    async (...given) => {
      const command = given.at(-1);
      if (!(command instanceof Command)) throw new Error('Commander changed the arguments of actions.');
      onResult(await execute(invocation(command), command.opts<O & object>(), command.args));
    };

  program
    .description('Experiments, models, pipelines and their YAML, from the terminal.')
    .option('--cwd <dir>', 'the workspace', '.')
    .option('--json', 'one JSON document on standard output')
    .option('--verbose', 'log to standard error, and show where an error came from')
    .option('--no-color', 'no colours, as with NO_COLOR in the environment')
    .version(readVersion(), '--version', 'show the version')
    .helpOption('--help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ helpWidth: terminal.stdout.isTTY ? (terminal.stdout.columns ?? 80) : 80, showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      // A usage error is one line, its suggestion included.
      outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, ' ')} See mlops --help.\n`),
    });

  program
    .command('validate')
    .description('check the YAML of a workspace: all of it, or the files and folders named')
    .argument('[path...]', 'files and folders')
    .option('--sarif', 'SARIF 2.1.0 on standard output, for code scanning')
    .action(
      action<{ sarif?: boolean }>(async (given, options, paths) => {
        const { validate } = await import('./commands/validate.ts');
        return validate(given, { paths, sarif: options.sarif === true });
      }),
    );

  const experiments = program.command('experiments').description('experiments of a tracker');
  experiments
    .command('list')
    .description('list experiments with how many runs they have')
    .addOption(trackingOption())
    .action(
      action<{ tracking?: string }>(async (given, { tracking }) => {
        const { listExperiments } = await import('./commands/experiments-list.ts');
        return listExperiments(given, { tracking });
      }),
    );

  const runs = program.command('runs').description('runs of a tracker');
  runs
    .command('list')
    .description('list runs, newest first')
    .addOption(trackingOption())
    .option('--experiment <name>', 'of this experiment only, by name or id', collect, [])
    .option('--filter <expr>', 'in MLflow’s search grammar, such as "metrics.acc > 0.9 AND params.depth = \'5\'"')
    .option('--order-by <clause>', 'such as "metrics.acc DESC"; may be repeated', collect, [])
    .option('--limit <n>', 'at most so many', wholeNumber, 100)
    .option('--page <token>', 'go on where the page before ended')
    .action(
      action<RunsListFlags>(async (given, { experiment, orderBy, ...options }) => {
        const { listRuns } = await import('./commands/runs-list.ts');
        return listRuns(given, { ...options, experiments: experiment, orderBy });
      }),
    );
  runs
    .command('history')
    .description('all values of one metric of a run, in step order')
    .argument('<id>', 'a run id, its first six characters or more, or tracker/id')
    .requiredOption('--metric <key>', 'which metric')
    .addOption(trackingOption())
    .action(
      action<{ metric: string; tracking?: string }>(async (given, { metric, tracking }, [run = '']) => {
        const { showHistory } = await import('./commands/runs-history.ts');
        return showHistory(given, { run, metric, tracking });
      }),
    );
  runs
    .command('compare')
    .description('runs side by side: params, metrics and tags')
    .argument('<id...>', 'run ids, their first six characters or more, or tracker/id')
    .addOption(trackingOption())
    .option('--only-different', 'leave out what is the same in all')
    .action(
      action<{ tracking?: string; onlyDifferent?: boolean }>(async (given, options, ids) => {
        const { compare } = await import('./commands/runs-compare.ts');
        return compare(given, {
          runs: ids,
          tracking: options.tracking,
          onlyDifferent: options.onlyDifferent === true,
        });
      }),
    );

  addModelCommands(program, action);
  addAlertCommands(program, action);

  program
    .command('drift')
    .description('compare data with a reference, column by column')
    .option('--reference <file>', 'what the model was made for: CSV, JSON or Parquet; a glob stands for several files')
    .option('--current <file>', 'what it sees now')
    .option('--monitor <file>', 'a Monitor document: columns, methods, thresholds, and the files where none are named')
    .option('--column <name>', 'this column only; may be repeated', collect, [])
    .option('--method <name>', 'ks, psi, wasserstein, …; default: by type and size; may be repeated', driftMethod, [])
    .option('--domain-classifier', 'also make a model that tells the two data sets apart; where it can, they drifted')
    .option('--no-explain', 'do not look for the segments that a drift comes from')
    .action(
      action<DriftOptions>(async (given, { reference, current, monitor, column, method, ...options }) => {
        const { drift } = await import('./commands/drift.ts');
        return drift(given, { reference, current, monitor, columns: column, methods: method, ...options });
      }),
    );

  program
    .command('profile')
    .description('sum up reference data in a small file for Git, which drift takes for --reference')
    .argument('<data...>', 'CSV, JSON or Parquet, globs of them, and profiles: all of them together')
    .requiredOption('-o, --output <file>', 'where the profile is written')
    .option('--monitor <file>', 'a Monitor document that says of which types columns are')
    .action(
      action<{ output: string; monitor?: string }>(async (given, { output, monitor }, data) => {
        const { writeProfile } = await import('./commands/profile.ts');
        return writeProfile(given, { data, output, monitor: monitor ?? null });
      }),
    );

  const monitor = program.command('monitor').description('monitors: what is made of a Monitor document');
  addCheckCommands(monitor, action);
  addDashboardCommands(monitor, action);

  program
    .command('health')
    .description('check every configured back end')
    .addOption(trackingOption())
    .action(
      action<{ tracking?: string }>(async (given, { tracking }) => {
        const { showHealth } = await import('./commands/health.ts');
        return showHealth(given, { tracking });
      }),
    );

  return {
    command: program,
    setResult(listener) {
      onResult = listener;
    },
  };
}

interface RunsListFlags {
  readonly tracking?: string;
  readonly experiment: readonly string[];
  readonly filter?: string;
  readonly orderBy: readonly string[];
  readonly limit: number;
  readonly page?: string;
}

interface DriftOptions {
  readonly reference?: string;
  readonly current?: string;
  readonly monitor?: string;
  readonly column: readonly string[];
  readonly method: readonly DriftMethod[];
  readonly explain: boolean;
  readonly domainClassifier?: boolean;
}

function trackingOption(): Option {
  return new Option(
    '--tracking <uri>',
    'MLflow tracking URI: sqlite:///mlflow.db, a folder, http(s)://…; default: as configured, or what lies in the folder',
  );
}
