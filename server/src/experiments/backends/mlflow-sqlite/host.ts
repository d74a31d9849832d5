import type { Worker } from 'node:worker_threads';
import { FailureError, fromFailure } from '../../../platform/failure.ts';
import { Connection } from '../../../platform/mlflow/database-connection.ts';
import { startWorker } from '../../../platform/worker.ts';
import { type Answers, type Kind, perform, type Requests } from './operations.ts';
import { requiredTables } from './required-tables.ts';
import { type FromWorker, isFromWorker, type StoreLocation } from './worker-messages.ts';

/** Where the queries of one store run. Calls come one at a time: the store queues them. */
export interface Host {
  call<K extends Kind>(kind: K, request: Requests[K], signal?: AbortSignal): Promise<Answers[K]>;
  close(): Promise<void>;
}

/** Queries in this thread, for a process that does little else: it is spared the start of a worker. */
export function inProcessHost(location: StoreLocation): Host {
  const connection = new Connection(location.path, { ...location, required: requiredTables });
  return {
    call: (kind, request, signal) => perform(connection, { kind, request }, signal),
    close: () => connection.close(),
  };
}

/** Queries in a worker thread that starts with the first call, and again if it died. */
export class WorkerHost implements Host {
  readonly #location: StoreLocation;
  #worker: Worker | null = null;

  constructor(location: StoreLocation) {
    this.#location = location;
  }

  async call<K extends Kind>(kind: K, request: Requests[K]): Promise<Answers[K]> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const answer = nextMessage(worker);
    // An idle worker keeps no process alive; one at work does.
    worker.ref();
    try {
      worker.postMessage({ kind, request });
      const message = await answer;
      if ('failure' in message) throw fromFailure(message.failure);
      if (!isAnswerOf(kind, message)) throw new FailureError('internal', `The store's worker answered something else.`);
      return message.answer;
    } finally {
      worker.unref();
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (!worker) return;
    const closed = nextMessage(worker).catch(() => null);
    worker.postMessage({ kind: 'close' });
    await closed;
    await worker.terminate();
  }

  #start(): Worker {
    const worker = startWorker(new URL('./mlflow-sqlite.worker.ts', import.meta.url), this.#location);
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    // Whoever waits for an answer hears of it too; without a listener an error would end this process.
    worker.on('error', () => undefined);
    return worker;
  }
}

function nextMessage(worker: Worker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (message: unknown): void =>
      settle(() => (isFromWorker(message) ? resolve(message) : reject(new Error('Not a message of the worker.'))));
    const onError = (cause: unknown): void =>
      settle(() => reject(new FailureError('restarted', 'The reader of the store broke down; try again.', { cause })));
    const onExit = (): void => onError(new Error('The worker ended.'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

/** The worker repeats the kind of the call, which determines the answer's type: both ends are one build. */
function isAnswerOf<K extends Kind>(kind: K, message: object): message is { kind: K; answer: Answers[K] } {
  return 'kind' in message && message.kind === kind;
}
