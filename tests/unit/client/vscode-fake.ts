/** The little of `vscode` that parts of the client touch which are tested without an editor. */
export const l10n = {
  t: (message: string, ...args: unknown[]) =>
    message.replaceAll(/\{(\d+)\}/g, (_, index) => String(args[Number(index)])),
};

export class EventEmitter<T> {
  private readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}

export class CancellationTokenSource {
  private readonly cancelled = new EventEmitter<void>();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      if (this.token.isCancellationRequested) listener();
      return this.cancelled.event(listener);
    },
  };
  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    this.cancelled.fire();
  }
  dispose(): void {}
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon extends ThemeColor {}

export const Uri = {
  file: (path: string) => new URL(`file://${path}`),
  parse: (text: string) => Object.assign(new URL(text), { fsPath: decodeURIComponent(new URL(text).pathname) }),
};

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const ProgressLocation = { Notification: 15 };
export const ConfigurationTarget = { Workspace: 2 };
export const env = {};
export const window = {};
export const workspace = {};
export const commands = {};
