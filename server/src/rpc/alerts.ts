import { listChannels, testChannel } from '#schemas/protocol/alerts.ts';
import type { BackendContext } from './context.ts';
import { registerRequest } from './register.ts';

/** Answers what the editor asks about channels of alerts. */
export function registerAlertHandlers(context: BackendContext): void {
  registerRequest(context, listChannels, async ({ folder }, { signal }) => {
    const { channels } = await (await context.workspace(folder)).alerts(signal);
    return { channels: channels.map(({ name, type }) => ({ name, type })) };
  });
  registerRequest(context, testChannel, async ({ folder, channel }, { signal }) => {
    await (await (await context.workspace(folder)).alerts(signal)).test(channel, signal);
    return {};
  });
}
