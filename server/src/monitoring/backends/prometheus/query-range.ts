import { z } from 'zod';
import { authorizationHeader, type CredentialSource } from '../../../platform/credentials.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpClient } from '../../../platform/http.ts';
import type { QueryRange } from '../../dashboards/read-chart.ts';

export interface PrometheusOptions {
  /** Of the server, with its path prefix and without a slash at the end. */
  readonly url: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
}

// https://prometheus.io/docs/prometheus/latest/querying/api/: times are seconds, values text.
const matrix = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])).default([]),
      }),
    ),
  }),
  warnings: z.array(z.string()).default([]),
});
const refusal = z.object({ errorType: z.string().default(''), error: z.string().default('') });

/** Range queries of a Prometheus server by its HTTP API. */
export function prometheusRanges({ url, http, credentials }: PrometheusOptions): QueryRange {
  return async (query, { from, to, stepMs }, signal) => {
    const credential = await credentials(signal);
    const response = await http.request({
      method: 'GET',
      url: `${url}/api/v1/query_range`,
      query: { query, start: from / 1_000, end: to / 1_000, step: stepMs / 1_000 },
      headers: credential === null ? {} : { authorization: authorizationHeader(credential) },
      responseType: 'json',
      signal,
    });
    const parsed = matrix.safeParse(response.body);
    if (response.status !== 200 || !parsed.success) throw refused(url, response);
    const series = parsed.data.data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([time, value]) => [time * 1_000, numberOf(value)] as const),
    }));
    return { series, warnings: parsed.data.warnings };
  };
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function refused(url: string, { status, body }: { readonly status: number; readonly body: unknown }): FailureError {
  const said = refusal.safeParse(body);
  const detail = said.success ? said.data.error.slice(0, 300) : '';
  if (status === 401 || status === 403) {
    return new FailureError('permission', `Prometheus at ${url} does not let us ask.`, {
      remedy: 'Sign in to it in the Connections view.',
    });
  }
  if (said.success && detail !== '' && (status === 400 || status === 422)) {
    return new FailureError('input', `Prometheus can’t answer the query: ${detail}`, {
      remedy: 'Correct it in the Monitor document.',
    });
  }
  const message = `Prometheus at ${url} answered with HTTP ${status}${detail && `: ${detail}`}.`;
  return new FailureError('remote', status === 200 ? `${url} answered something that Prometheus does not.` : message, {
    remedy: 'Check the address and its path prefix.',
  });
}
