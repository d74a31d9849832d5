/** The part of a connection that sends notifications. */
export interface Notifier {
  sendNotification(method: string, params: unknown): Promise<void>;
}

/** Tells the person who waits how far the work is. */
export interface Progress {
  /** Shows a title; before it, reports show nothing. */
  begin(title: string, options?: { cancellable?: boolean }): void;
  /** `percentage` from 0 to 100 where it is known. */
  report(message: string, percentage?: number): void;
  end(): void;
}

/** Work-done progress of the Language Server Protocol for `token`; without a token, silence. */
export function createProgress(connection: Notifier, token: string | number | null): Progress {
  let begun = false;
  const send = (value: object) => {
    if (token !== null) tell(connection, '$/progress', { token, value });
  };
  return {
    begin(title, options = {}) {
      if (begun) return;
      begun = true;
      send({ kind: 'begin', title, cancellable: options.cancellable ?? true });
    },
    report(message, percentage) {
      if (begun) send({ kind: 'report', message, ...(percentage === undefined ? {} : { percentage }) });
    },
    end() {
      if (begun) send({ kind: 'end' });
      begun = false;
    },
  };
}

/** Sends a notification; a connection that went away has nobody left to tell. */
export function tell(connection: Notifier, method: string, params: unknown): void {
  try {
    connection.sendNotification(method, params).catch(() => undefined);
  } catch {
    // Closed or disposed: it says so at once.
  }
}
