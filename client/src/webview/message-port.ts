import type { Disposable, Webview } from 'vscode';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';

/** JSON-RPC messages that a webview posts. They are handed over by whoever listens to the webview. */
export class WebviewReader extends AbstractMessageReader implements MessageReader {
  private callback: DataCallback | undefined;

  listen(callback: DataCallback): Disposable {
    this.callback = callback;
    return { dispose: () => (this.callback = undefined) };
  }

  receive(message: Message): void {
    this.callback?.(message);
  }
}

/** Posts JSON-RPC messages to a webview. */
export class WebviewWriter extends AbstractMessageWriter implements MessageWriter {
  private readonly webview: Pick<Webview, 'postMessage'>;

  constructor(webview: Pick<Webview, 'postMessage'>) {
    super();
    this.webview = webview;
  }

  async write(message: Message): Promise<void> {
    // False where the page is hidden and gone: it asks anew when it is shown again.
    await this.webview.postMessage(message);
  }

  end(): void {}
}

/** Whether a webview's message is JSON-RPC at all. */
export function isRpcMessage(message: unknown): message is Message & { readonly method?: unknown } {
  return typeof message === 'object' && message !== null && 'jsonrpc' in message && message.jsonrpc === '2.0';
}
