import { z } from 'zod';
import { alertNotice } from '../domain/alert-notice.ts';
import { defineRequest } from './request.ts';
import { inFolder } from './workspace.ts';

/** The channels of `alerting.channels`. */
export const listChannels = defineRequest(
  'monitoring/channels',
  inFolder,
  z.object({ channels: z.array(z.object({ name: z.string(), type: z.string() })) }),
);

/** Sends a notice that says that it is a test. */
export const testChannel = defineRequest(
  'monitoring/testChannel',
  inFolder.extend({ channel: z.string() }),
  z.object({}),
);

/** Asked by the server of the client: a notice of a `vscode` channel, to be shown. */
export const showAlert = defineRequest('client/showAlert', z.object({ notice: alertNotice }), z.object({}));
