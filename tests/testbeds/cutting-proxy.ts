import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** Bytes that went towards the server since the beginning. */
  readonly sent: number;
  /** Refuses everything once `bytes` more went towards the server, or came from it. */
  cutAfter(bytes: number, direction: 'sent' | 'received'): void;
  /** Lets everything through again. */
  mend(): void;
}

/** Stands between a client and a server on this machine, and loses the connection when a test asks for it. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const counted = { sent: 0, received: 0 };
  let cut: { direction: 'sent' | 'received'; at: number } | null = null;
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const isCut = () => cut !== null && counted[cut.direction] >= cut.at;
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined).on('close', () => sockets.delete(client));
    if (isCut()) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    sockets.add(upstream);
    upstream.on('error', () => undefined).on('close', () => sockets.delete(upstream));
    const pass = (from: Socket, to: Socket, direction: 'sent' | 'received') => {
      from.on('data', (chunk: Buffer) => {
        counted[direction] += chunk.length;
        if (isCut()) {
          endAll();
          return;
        }
        if (!to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
      from.on('close', () => to.destroy());
    };
    pass(client, upstream, 'sent');
    pass(upstream, client, 'received');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    get sent() {
      return counted.sent;
    },
    cutAfter(bytes, direction) {
      cut = { direction, at: counted[direction] + bytes };
    },
    mend() {
      cut = null;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      endAll();
      await once(server, 'close');
    },
  };
}
