import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Logger } from './log.ts';

type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One piece of remote work that is over, with ids as W3C Trace Context has them: lower-case hex. */
export interface FinishedSpan {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  /** Unix milliseconds, with fractions. */
  readonly startTime: number;
  readonly durationMs: number;
  readonly attributes: SpanAttributes;
  /** What went wrong; null where nothing did. */
  readonly error: string | null;
}

/** A span while its work goes on. */
export interface OpenSpan {
  /** For the header of that name. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
}

export interface SpanSink {
  add(span: FinishedSpan): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Notes how long remote work took and what came of it: in the log, and where the person wants it in their collector. */
export interface Tracer {
  /** Runs `work` as a span; one that is started within another is its child. What `work` throws is thrown on. */
  span<T>(name: string, attributes: SpanAttributes, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface TracerOptions {
  readonly logger: Logger;
  /** Where spans go besides the log; null for nowhere. */
  readonly sink: SpanSink | null;
}

interface Context {
  readonly traceId: string;
  readonly spanId: string;
}

const current = new AsyncLocalStorage<Context>();

export function createTracer({ logger, sink }: TracerOptions): Tracer {
  const end = (span: FinishedSpan) => {
    logger.debug(span.name, {
      ...span.attributes,
      ms: Math.round(span.durationMs),
      ...(span.error === null ? {} : { error: span.error }),
      trace: span.traceId,
      span: span.spanId,
      ...(span.parentSpanId === null ? {} : { parent: span.parentSpanId }),
    });
    sink?.add(span);
  };
  return {
    async span(name, attributes, work) {
      const parent = current.getStore();
      const context = { traceId: parent?.traceId ?? newId(16), spanId: newId(8) };
      const startTime = performance.timeOrigin + performance.now();
      const started = performance.now();
      let known = attributes;
      let error: string | null = null;
      const span: OpenSpan = {
        traceparent: `00-${context.traceId}-${context.spanId}-${sink === null ? '00' : '01'}`,
        set: (more) => {
          known = { ...known, ...more };
        },
      };
      try {
        return await current.run(context, () => work(span));
      } catch (cause) {
        error = reasonOf(cause);
        throw cause;
      } finally {
        const parentSpanId = parent?.spanId ?? null;
        const durationMs = performance.now() - started;
        end({ ...context, parentSpanId, name, startTime, durationMs, attributes: known, error });
      }
    },
    close: async () => sink?.close(),
  };
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed';
  return cause.name === 'AbortError' ? 'cancelled' : cause.message;
}

// All zeros is no id.
function newId(bytes: number): string {
  for (;;) {
    const id = randomBytes(bytes).toString('hex');
    if (/[^0]/.test(id)) return id;
  }
}
