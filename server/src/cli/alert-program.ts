import type { Command } from 'commander';
import type { Action } from './action.ts';

/** The commands on alerts and the notices about them. */
export function addAlertCommands(program: Command, action: Action): void {
  const alerts = program.command('alerts').description('alerts of the monitors, their channels and notices');
  alerts
    .command('list')
    .description('list the alerts that wait or fire')
    .action(
      action(async (given) => {
        const { listAlerts } = await import('./commands/alerts.ts');
        return listAlerts(given);
      }),
    );
  alerts
    .command('outbox')
    .description('list the notices that were sent, wait or failed')
    .action(
      action(async (given) => {
        const { listOutbox } = await import('./commands/alerts.ts');
        return listOutbox(given);
      }),
    );
  alerts
    .command('send')
    .description('send what waits, without a check')
    .option('--retry', 'what failed for good too')
    .action(
      action<{ retry?: boolean }>(async (given, { retry = false }) => {
        const { sendAlerts } = await import('./commands/alerts.ts');
        return sendAlerts(given, { retry });
      }),
    );
  alerts
    .command('test')
    .description('send a test to a channel')
    .argument('<channel>', 'its name in alerting.channels')
    .action(
      action(async (given, _, [channel = '']) => {
        const { testAlerts } = await import('./commands/alerts.ts');
        return testAlerts(given, channel);
      }),
    );
}
