import type { CancellationToken, Disposable, Event } from 'vscode';
import type { z } from 'zod';
import type { NotificationDefinition, RequestDefinition } from '#schemas/protocol/request.ts';

export interface RequestOptions {
  readonly token?: CancellationToken | undefined;
  /** Hears how far the work is, where the server tells. `percentage` runs from 0 to 100. */
  readonly onProgress?: ((message: string | undefined, percentage: number | undefined) => void) | undefined;
}

/** The server as the features see it: typed requests and notifications, parsed on the way in. */
export interface Server {
  request<P extends z.ZodType, R extends z.ZodType>(
    definition: RequestDefinition<P, R>,
    params: z.input<P>,
    options?: RequestOptions,
  ): Promise<z.output<R>>;
  notify<P extends z.ZodType>(definition: NotificationDefinition<P>, params: z.input<P>): Promise<void>;
  on<P extends z.ZodType>(definition: NotificationDefinition<P>, handle: (params: z.output<P>) => void): Disposable;
  answer<P extends z.ZodType, R extends z.ZodType>(
    definition: RequestDefinition<P, R>,
    handle: (params: z.output<P>) => Promise<z.input<R>>,
  ): Disposable;
  /** The server runs again, after its process or its backend was gone: what was asked before is to be asked anew. */
  readonly onRestarted: Event<void>;
  /** Whether it runs; false: it was given up or failed to start. */
  readonly onAvailability: Event<boolean>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}
