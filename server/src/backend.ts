import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { createBackend } from './rpc/backend.ts';

// The parent's end of the channel decides how long this process lives: a parent that is killed takes it along.
const longestGoodbye = 1_000;

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const backend = createBackend(connection, { env: process.env });

process.once('disconnect', () => {
  setTimeout(() => process.exit(0), longestGoodbye).unref();
  backend.dispose().finally(() => process.exit(0));
});
connection.listen();
