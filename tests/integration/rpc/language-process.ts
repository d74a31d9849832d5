import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';

const script = new URL('../../../server/src/server.ts', import.meta.url).pathname;

export interface LanguageProcess {
  /** Not listening yet: what it is told at once has to find its handler. */
  readonly connection: MessageConnection;
  /** Ends the server as the protocol has it, and waits until it is gone. */
  stop(): Promise<void>;
}

/** The language server over standard input and output, as any editor starts it, with more variables where a test needs some. */
export function startLanguageProcess(variables: NodeJS.ProcessEnv = {}): LanguageProcess {
  const child = spawn(process.execPath, [script, '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...variables },
  });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  return {
    connection,
    async stop() {
      const ended = once(child, 'exit');
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await ended;
      connection.dispose();
    },
  };
}
