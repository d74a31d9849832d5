import type { HttpClient } from './http.ts';
import type { Logger } from './log.ts';
import { type OtlpTarget, otlpBody } from './otlp.ts';
import type { Redactor } from './redact.ts';
import type { FinishedSpan, SpanSink } from './trace.ts';

export interface OtlpExporterOptions {
  readonly target: OtlpTarget;
  /** Without a tracer of its own: what sends spans makes none. */
  readonly openHttp: () => Promise<HttpClient>;
  readonly redactor: Redactor;
  readonly logger: Logger;
  /** How long spans wait for others, in milliseconds (5,000). */
  readonly delayMs?: number;
}

const mostAtOnce = 512;
const mostWaiting = 2_048;
const longestGoodbyeMs = 2_000;

/** Sends spans in batches. A collector that does not answer costs spans and one warning, never the work they tell of. */
export function createOtlpExporter(options: OtlpExporterOptions): SpanSink {
  const { target, redactor, logger, delayMs = 5_000 } = options;
  const waiting: FinishedSpan[] = [];
  let http: Promise<HttpClient> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();
  let warned = false;
  const goodbye = new AbortController();

  const warn = (reason: string): void => {
    if (!warned) logger.warn('Spans can’t be sent to the collector', { url: new URL(target.url).origin, reason });
    warned = true;
  };

  const send = async (): Promise<void> => {
    const { signal } = goodbye;
    while (waiting.length > 0 && !signal.aborted) {
      const batch = waiting.splice(0, mostAtOnce).map((span) => redacted(span, redactor));
      try {
        http ??= options.openHttp();
        const { status } = await (await http).request({
          method: 'POST',
          url: target.url,
          headers: target.headers,
          body: otlpBody(batch, target.serviceName),
          responseType: 'text',
          signal,
        });
        if (status >= 300) warn(`HTTP ${status}`);
      } catch (error) {
        warn(error instanceof Error ? error.message : String(error));
      }
    }
  };

  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    sending = sending.then(send);
    return sending;
  };

  return {
    add(span) {
      if (waiting.length >= mostWaiting) return;
      waiting.push(span);
      timer ??= setTimeout(() => void flush(), delayMs).unref();
    },
    async close() {
      const last = setTimeout(() => goodbye.abort(), longestGoodbyeMs);
      await flush();
      clearTimeout(last);
      await (await http)?.close();
    },
  };
}

function redacted(span: FinishedSpan, redactor: Redactor): FinishedSpan {
  const attributes = Object.fromEntries(
    Object.entries(span.attributes).map(([key, value]) => [
      key,
      typeof value === 'string' ? redactor.redact(value) : value,
    ]),
  );
  return { ...span, attributes, error: span.error === null ? null : redactor.redact(span.error) };
}
