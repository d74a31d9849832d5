import { authorizationHeader, type CredentialSource } from '../../../platform/credentials.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpClient, HttpResponse } from '../../../platform/http.ts';
import type { MetricAnswer, MetricSource, Sample, Series } from '../../metrics/metric-source.ts';
import { refusal, type Success, success } from './answers.ts';

export interface PrometheusOptions {
  /** Of the server, with its path prefix and without a slash at the end. */
  readonly url: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
}

type Parameters = Readonly<Record<string, string>>;

interface Asked {
  readonly path: 'query' | 'query_range';
  readonly expression: string;
  readonly parameters: Parameters;
  readonly signal: AbortSignal | undefined;
}

/** Servers and proxies take addresses of 8 kB; below it is a GET, which every proxy lets through and caches may answer. */
const LONGEST_ADDRESS = 2_000;
/** More series than anybody can look at: the query lacks an aggregation. */
const MOST_SERIES = 1_000;

/** Prometheus, or what speaks its API: Thanos, Mimir, VictoriaMetrics. */
export class Prometheus implements MetricSource {
  readonly #options: PrometheusOptions;

  constructor(options: PrometheusOptions) {
    this.#options = options;
  }

  async query(
    expression: string,
    { at, signal }: { readonly at?: number; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<MetricAnswer<Sample>> {
    const parameters: Parameters = at === undefined ? {} : { time: String(at / 1_000) };
    const { data, ...answer } = await this.#ask({ path: 'query', expression, parameters, signal });
    return { data: samplesOf(data), warnings: remarksOf({ data, ...answer }) };
  }

  async queryRange(
    expression: string,
    { from, to, stepMs }: { readonly from: number; readonly to: number; readonly stepMs: number },
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<MetricAnswer<Series>> {
    const parameters = { start: String(from / 1_000), end: String(to / 1_000), step: String(stepMs / 1_000) };
    const { data, ...answer } = await this.#ask({ path: 'query_range', expression, parameters, signal });
    return { data: seriesOf(data), warnings: remarksOf({ data, ...answer }) };
  }

  async #ask(asked: Asked): Promise<Success> {
    const answer = await this.#send(asked);
    const read = success.safeParse(answer.body);
    if (!read.success) throw this.#failure(answer, asked);
    requireFewSeries(read.data.data);
    return read.data;
  }

  async #send({ path, expression, parameters, signal }: Asked): Promise<HttpResponse<unknown>> {
    const { url, http, credentials } = this.#options;
    const credential = await credentials(signal);
    const headers = credential === null ? {} : { authorization: authorizationHeader(credential) };
    const form = new URLSearchParams({ query: expression, ...parameters }).toString();
    const address = `${url}/api/v1/${path}`;
    const long = address.length + form.length > LONGEST_ADDRESS;
    return http.request({
      responseType: 'json',
      signal,
      ...(long
        ? {
            method: 'POST',
            url: address,
            body: form,
            idempotent: true,
            headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          }
        : { method: 'GET', url: `${address}?${form}`, headers }),
    });
  }

  #failure({ status, body }: HttpResponse<unknown>, { expression }: Asked): FailureError {
    const { url } = this.#options;
    const said = refusal.safeParse(body);
    if (said.success && said.data.errorType === 'bad_data') {
      return new FailureError('input', `Prometheus does not understand the query: ${said.data.error}`, {
        remedy: `The query is: ${shortened(expression)}`,
      });
    }
    if (said.success && said.data.errorType === 'execution') {
      return new FailureError('input', `Prometheus could not carry out the query: ${said.data.error}`, {
        remedy: `The query is: ${shortened(expression)}`,
      });
    }
    if (said.success) {
      const remedy = /timeout|canceled/.test(said.data.errorType)
        ? 'Ask for less at once, or for a recorded series.'
        : undefined;
      return new FailureError(
        'remote',
        `Prometheus answered: ${said.data.error}`,
        remedy === undefined ? {} : { remedy },
      );
    }
    if (status === 401 || status === 403) {
      return new FailureError('permission', `${url} does not let you in (HTTP ${status}).`, {
        remedy: 'Sign in at it in the Connections view, or set PROMETHEUS_TOKEN beside PROMETHEUS_URL.',
      });
    }
    return new FailureError('remote', `${url} answered with HTTP ${status}, but not as Prometheus does.`, {
      remedy: 'Check the address and its path prefix; a login page or another service may answer there.',
    });
  }
}

function requireFewSeries(data: Success['data']): void {
  const count = data.resultType === 'vector' || data.resultType === 'matrix' ? data.result.length : 1;
  if (count <= MOST_SERIES) return;
  throw new FailureError(
    'input',
    `The query gives ${count} series, of which nobody could look at more than ${MOST_SERIES}.`,
    {
      remedy: 'Aggregate it, such as with sum by (…) or topk(10, …).',
    },
  );
}

function samplesOf(data: Success['data']): Sample[] {
  if (data.resultType === 'scalar') return [{ labels: {}, ...data.result }];
  if (data.resultType === 'vector') {
    return data.result.flatMap(({ metric, value }) => (value === undefined ? [] : [{ labels: metric, ...value }]));
  }
  throw wrongType(data.resultType, 'a number or one a series');
}

function seriesOf(data: Success['data']): Series[] {
  if (data.resultType === 'matrix')
    return data.result.map(({ metric, values }) => ({ labels: metric, points: values }));
  throw wrongType(data.resultType, 'numbers over time');
}

function wrongType(type: string, wanted: string): FailureError {
  const remedy =
    type === 'matrix'
      ? 'Put a function around the range, such as rate(…) or avg_over_time(…).'
      : 'Write a query that gives numbers.';
  return new FailureError('input', `The query gives a ${type}, not ${wanted}.`, { remedy });
}

function remarksOf({ data, warnings, infos }: Pick<Success, 'data' | 'warnings' | 'infos'>): string[] {
  const histograms =
    (data.resultType === 'vector' && data.result.some(({ value }) => value === undefined)) ||
    (data.resultType === 'matrix' && data.result.some(({ histograms }) => histograms !== undefined));
  const own = histograms
    ? ['Native histograms were left out: take a number of them, such as by histogram_quantile.']
    : [];
  return [...new Set([...(warnings ?? []), ...(infos ?? []), ...own])];
}

function shortened(expression: string): string {
  const line = expression.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
