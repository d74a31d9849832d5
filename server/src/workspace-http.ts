import { otlpTarget } from './platform/otlp.ts';
import { createOtlpExporter } from './platform/otlp-exporter.ts';
import { createTracer, type Tracer } from './platform/trace.ts';
import type { WorkspaceOptions } from './workspace-port.ts';

/** The editor's proxy setting, else what the environment says. */
export function proxyOf({ settings, env }: WorkspaceOptions): WorkspaceOptions['env'] {
  const { proxy } = settings.http;
  return proxy === '' ? env : { NO_PROXY: env.NO_PROXY ?? env.no_proxy, HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
}

/** Spans leave this machine only where the person's own environment names a collector; `.env` is not asked. */
export function tracerOf(options: WorkspaceOptions): Tracer {
  const { logger, redactor, env } = options;
  const target = otlpTarget(env);
  const openHttp = async () => {
    const { createHttpClient } = await import('./platform/http.ts');
    return createHttpClient({ timeoutMs: 10_000, retries: 1, proxyEnv: proxyOf(options) });
  };
  const sink = target === null ? null : createOtlpExporter({ target, openHttp, redactor, logger });
  return createTracer({ logger, sink });
}
