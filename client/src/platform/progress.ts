import { ProgressLocation, window } from 'vscode';
import type { RequestOptions } from './server-connection.ts';

/** Shows how far a request is while it runs, and lets the person cancel it. */
export async function withServerProgress<T>(
  title: string,
  request: (options: Required<Pick<RequestOptions, 'token' | 'onProgress'>>) => Promise<T>,
): Promise<T> {
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      let before = 0;
      return request({
        token,
        onProgress: (message, percentage) => {
          // What is told is how far it is; what VS Code wants is how much came on top.
          const increment = percentage === undefined ? 0 : Math.max(0, percentage - before);
          before += increment;
          progress.report({ ...(message === undefined ? {} : { message }), increment });
        },
      });
    },
  );
}
