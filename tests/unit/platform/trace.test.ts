import { describe, expect, test } from 'vitest';
import { createLogger, type LogEntry } from '#server/platform/log.ts';
import { otlpBody, otlpTarget } from '#server/platform/otlp.ts';
import { createRedactor } from '#server/platform/redact.ts';
import { createTracer, type FinishedSpan } from '#server/platform/trace.ts';

function traced(exporting = true) {
  const spans: FinishedSpan[] = [];
  const lines: LogEntry[] = [];
  const logger = createLogger({ sink: (entry) => lines.push(entry), redactor: createRedactor(), level: 'debug' });
  const sink = exporting ? { add: (span: FinishedSpan) => spans.push(span), close: async () => undefined } : null;
  return { tracer: createTracer({ logger, sink }), spans, lines };
}

describe('a span', () => {
  test('tells in the log and to its sink how long it took and what came of it', async () => {
    const { tracer, spans, lines } = traced();
    const given = await tracer.span('HTTP GET', { url: 'http://x' }, async (span) => {
      span.set({ attempts: 2 });
      expect(span.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      return 7;
    });
    expect(given).toBe(7);
    expect(spans).toMatchObject([{ name: 'HTTP GET', parentSpanId: null, error: null }]);
    expect(spans[0]?.attributes).toEqual({ url: 'http://x', attempts: 2 });
    expect(spans[0]?.durationMs).toBeGreaterThanOrEqual(0);
    expect(Math.abs((spans[0]?.startTime ?? 0) - Date.now())).toBeLessThan(5_000);
    expect(lines[0]).toMatchObject({
      level: 'debug',
      text: expect.stringMatching(/^HTTP GET url=http.*attempts=2 ms=/),
    });
  });

  test('within another is its child, beside another is not', async () => {
    const { tracer, spans } = traced();
    await tracer.span('outer', {}, async () => {
      await Promise.all([tracer.span('a', {}, async () => 1), tracer.span('b', {}, async () => 2)]);
    });
    await tracer.span('other', {}, async () => 3);
    const byName = new Map(spans.map((span) => [span.name, span]));
    const outer = byName.get('outer');
    for (const name of ['a', 'b']) {
      expect(byName.get(name)).toMatchObject({ traceId: outer?.traceId, parentSpanId: outer?.spanId });
    }
    expect(byName.get('other')?.traceId).not.toBe(outer?.traceId);
  });

  test('of work that fails says why, and the failure goes on', async () => {
    const { tracer, spans } = traced();
    await expect(tracer.span('x', {}, () => Promise.reject(new Error('no route')))).rejects.toThrow('no route');
    const aborted = new DOMException('Stop', 'AbortError');
    await expect(tracer.span('x', {}, () => Promise.reject(aborted))).rejects.toBe(aborted);
    expect(spans.map(({ error }) => error)).toEqual(['no route', 'cancelled']);
  });

  test('is not marked as recorded where nothing is exported', async () => {
    const { tracer } = traced(false);
    await tracer.span('x', {}, async ({ traceparent }) => expect(traceparent).toMatch(/-00$/));
  });
});

describe('OpenTelemetry’s variables', () => {
  test.each([
    [{}, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' }, 'https://c/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/mine', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://d' }, 'http://c/mine'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'c:4317' }, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' }, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_TRACES_EXPORTER: 'none' }, null],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, null],
  ])('%j', (env, url) => {
    expect(otlpTarget(env)?.url ?? null).toBe(url);
  });

  test('bring headers and the service’s name', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b, x=1=2,bad' };
    expect(otlpTarget(env)).toMatchObject({ headers: { 'api-key': 'a b', x: '1=2' }, serviceName: 'mlops-workbench' });
  });
});

test('OTLP’s JSON has times in nanoseconds as text, ids in hex and values by their type', () => {
  const span: FinishedSpan = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: 'c'.repeat(16),
    name: 'HTTP GET',
    startTime: 1_700_000_000_000.25,
    durationMs: 1.5,
    attributes: { url: 'http://x', attempts: 2, share: 0.5, cached: false },
    error: 'no route',
  };
  expect(otlpBody([span], 'mine')).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mine' } }] },
        scopeSpans: [
          {
            scope: { name: 'mlops-workbench' },
            spans: [
              {
                traceId: span.traceId,
                spanId: span.spanId,
                parentSpanId: span.parentSpanId,
                name: 'HTTP GET',
                kind: 3,
                startTimeUnixNano: '1700000000000250000',
                endTimeUnixNano: '1700000000001750000',
                attributes: [
                  { key: 'url', value: { stringValue: 'http://x' } },
                  { key: 'attempts', value: { intValue: '2' } },
                  { key: 'share', value: { doubleValue: 0.5 } },
                  { key: 'cached', value: { boolValue: false } },
                ],
                status: { code: 2, message: 'no route' },
              },
            ],
          },
        ],
      },
    ],
  });
});
