import type { FinishedSpan } from './trace.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Where spans are sent by OTLP over HTTP, as OpenTelemetry's variables of the environment say. */
export interface OtlpTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

/**
 * Reads OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or OTEL_EXPORTER_OTLP_ENDPOINT with `/v1/traces` put behind it; null where
 * neither names a web address, where OTEL_SDK_DISABLED or OTEL_TRACES_EXPORTER turn it off, or where only gRPC is wanted.
 */
export function otlpTarget(env: Variables): OtlpTarget | null {
  if (/^true$/i.test(env.OTEL_SDK_DISABLED?.trim() ?? '')) return null;
  const exporters = (env.OTEL_TRACES_EXPORTER ?? 'otlp').split(',').map((name) => name.trim());
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL ?? '';
  if (!exporters.includes('otlp') || protocol.trim() === 'grpc') return null;
  const url = tracesUrl(env);
  if (url === null) return null;
  const headers = parseHeaders(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? env.OTEL_EXPORTER_OTLP_HEADERS ?? '');
  return { url, headers, serviceName: env.OTEL_SERVICE_NAME?.trim() || 'mlops-workbench' };
}

function tracesUrl(env: Variables): string | null {
  const own = webAddress(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  if (own !== null) return own.href;
  const base = webAddress(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  if (base === null) return null;
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/v1/traces`;
  return base.href;
}

function webAddress(text: string | undefined): URL | null {
  const url = URL.parse(text?.trim() ?? '');
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

/** `key=value,key=value`, values percent-encoded. */
function parseHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    return name === '' ? [] : [[name, decoded(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const clientKind = 3;
const errorCode = 2;

/** The body of an export request in OTLP's JSON: ids in hex, times in nanoseconds as text. */
export function otlpBody(spans: readonly FinishedSpan[], serviceName: string): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': serviceName }) },
        scopeSpans: [{ scope: { name: 'mlops-workbench' }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf(span: FinishedSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: clientKind,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.startTime + span.durationMs),
    attributes: attributesOf(span.attributes),
    status: span.error === null ? {} : { code: errorCode, message: span.error },
  };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

function attributesOf(attributes: FinishedSpan['attributes']): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
