import type { Command } from 'commander';
import type { Action } from './action.ts';

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
