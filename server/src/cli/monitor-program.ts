import type { Command } from 'commander';
import type { Action } from './action.ts';

/** The commands that check monitors. */
export function addCheckCommands(monitor: Command, action: Action): void {
  monitor
    .command('check')
    .description('check a monitor once: drift, performance, metrics, then its alerts')
    .argument('<file>', 'file with the Monitor document')
    .option('--name <name>', 'which of several documents')
    .option('--prometheus-file <file>', 'what was found, for Prometheus’ textfile collector')
    .action(
      action<{ name?: string; prometheusFile?: string }>(async (given, { name, prometheusFile }, [file = '']) => {
        const { checkMonitor } = await import('./commands/monitor-check.ts');
        return checkMonitor(given, { file, name: name ?? null, prometheusFile: prometheusFile ?? null });
      }),
    );
  monitor
    .command('cronjob')
    .description('a Kubernetes CronJob that checks a monitor on its schedule')
    .argument('<file>', 'file with the Monitor document')
    .requiredOption('--image <image>', 'container image with mlops and the workspace in it')
    .option('--name <name>', 'which of several documents')
    .option('--workspace <path>', 'where the workspace is in the image', '/workspace')
    .option('--namespace <name>', 'namespace of the CronJob')
    .option('--secret <name>', 'Kubernetes secret whose entries become environment variables')
    .option('--claim <name>', 'PersistentVolumeClaim for the history and the states of alerts')
    .option('-o, --output <file>', 'where the YAML is written; without it, on standard output')
    .action(
      action<CronJobOptions>(async (given, { name, namespace, secret, claim, output, ...options }, [file = '']) => {
        const { writeCronJob } = await import('./commands/monitor-cronjob.ts');
        const optional = {
          name: name ?? null,
          namespace: namespace ?? null,
          secret: secret ?? null,
          claim: claim ?? null,
        };
        return writeCronJob(given, { file, ...options, ...optional, out: output ?? null });
      }),
    );
}

/** The commands that make dashboards and rules of a Monitor document. */
export function addDashboardCommands(monitor: Command, action: Action): void {
  monitor
    .command('dashboard')
    .description('a Grafana dashboard of a Monitor document, as a file or brought to Grafana')
    .argument('<file>', 'file with the Monitor document')
    .option('--name <name>', 'which of several documents')
    .option('-o, --output <file>', 'where the JSON is written')
    .option('--push', 'bring it to the Grafana of GRAFANA_URL or mlops.yaml, after showing what changes')
    .option('--dry-run', 'with --push: only show what would change')
    .option('--yes', 'with --push: ask nothing')
    .action(
      action<DashboardOptions>(async (given, { name, output, push, dryRun, yes }, [file = '']) => {
        const flags = { file, name: name ?? null, output: output ?? null };
        if (push !== true) {
          const { writeDashboard } = await import('./commands/monitor-dashboard.ts');
          return writeDashboard(given, flags);
        }
        const { pushDashboard } = await import('./commands/monitor-dashboard-push.ts');
        return pushDashboard(given, { ...flags, dryRun: dryRun === true, yes: yes === true });
      }),
    );
  monitor
    .command('rules')
    .description('Prometheus’ recording and alerting rules of a Monitor document')
    .argument('<file>', 'file with the Monitor document')
    .option('--name <name>', 'which of several documents')
    .option('-o, --output <file>', 'where the YAML is written; without it, on standard output')
    .option('--no-keep-firing-for', 'for Prometheus before 2.42, which refuses keep_firing_for')
    .action(
      action<RulesFlags>(async (given, { name, output, keepFiringFor }, [file = '']) => {
        const { writeRules } = await import('./commands/monitor-rules.ts');
        return writeRules(given, { file, name: name ?? null, output: output ?? null, keepFiringFor });
      }),
    );
}

interface CronJobOptions {
  readonly image: string;
  readonly name?: string;
  readonly workspace: string;
  readonly namespace?: string;
  readonly secret?: string;
  readonly claim?: string;
  readonly output?: string;
}

interface DashboardOptions {
  readonly name?: string;
  readonly output?: string;
  readonly push?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface RulesFlags {
  readonly name?: string;
  readonly output?: string;
  readonly keepFiringFor: boolean;
}
