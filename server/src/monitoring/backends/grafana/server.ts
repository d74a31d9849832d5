import { z } from 'zod';
import { authorizationHeader, type CredentialSource } from '../../../platform/credentials.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../../platform/http.ts';
import type { GrafanaFolder, GrafanaServer } from '../../dashboards/grafana-server.ts';
import { refusalOf } from './refusals.ts';

export interface GrafanaOptions {
  /** Of the server, with its path prefix and without a slash at the end. */
  readonly url: string;
  readonly http: HttpClient;
  readonly credentials: CredentialSource;
}

// What Grafana's HTTP API answers; unknown keys are ignored.
const dashboardAnswer = z.object({
  dashboard: z.record(z.string(), z.unknown()),
  meta: z.object({
    folderUid: z.string().default(''),
    folderTitle: z.string().default(''),
    provisioned: z.boolean().default(false),
    apiVersion: z.string().default(''),
  }),
});
const versionOf = z.object({ version: z.int().default(0) });
const folderAnswer = z.object({ uid: z.string().min(1), title: z.string() });
const savedAnswer = z.object({ url: z.string().default(''), version: z.int() });

const foldersOfPage = 1_000;
const mostPages = 20;

/** A Grafana server by its HTTP API, the part of it that versions 10 to 12 have in common. */
export function createGrafanaServer({ url, http, credentials }: GrafanaOptions): GrafanaServer {
  const call = async (
    path: string,
    request: Pick<HttpRequest, 'method' | 'query' | 'body' | 'signal'>,
  ): Promise<{ response: HttpResponse<unknown>; signedIn: boolean }> => {
    const credential = await credentials(request.signal);
    const headers = credential === null ? {} : { authorization: authorizationHeader(credential) };
    // A save that arrives twice would be refused the second time, though the first did it.
    const idempotent = request.method === 'GET';
    const response = await http.request({
      ...request,
      idempotent,
      url: `${url}${path}`,
      headers,
      responseType: 'json',
    });
    return { response, signedIn: credential !== null };
  };

  const ask = async <T>(path: string, schema: z.ZodType<T>, request: Parameters<typeof call>[1]): Promise<T> => {
    const { response, signedIn } = await call(path, request);
    if (response.status !== 200) throw refusalOf(response, { url, signedIn });
    return answerOf(response, schema);
  };

  const answerOf = <T>({ body }: HttpResponse<unknown>, schema: z.ZodType<T>): T => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new FailureError('remote', `${url} answered something that Grafana does not.`, {
      remedy: 'Check the address and its path prefix.',
      cause: parsed.error,
    });
  };

  return {
    url,

    async dashboard(uid, signal) {
      const { response, signedIn } = await call(`/api/dashboards/uid/${encodeURIComponent(uid)}`, {
        method: 'GET',
        signal,
      });
      if (isMissing(response)) return null;
      if (response.status === 406) throw newerModel(uid, url);
      if (response.status !== 200) throw refusalOf(response, { url, signedIn });
      const { dashboard, meta } = answerOf(response, dashboardAnswer);
      if (meta.apiVersion.startsWith('v2') || 'elements' in dashboard) throw newerModel(uid, url);
      const { id: _id, version: _version, ...content } = dashboard;
      return {
        content,
        version: versionOf.parse(dashboard).version,
        folder: meta.folderUid === '' ? null : meta.folderTitle,
        folderUid: meta.folderUid === '' ? null : meta.folderUid,
        isProvisioned: meta.provisioned,
      };
    },

    async findFolder(title, signal) {
      const matching: GrafanaFolder[] = [];
      for (let page = 1; page <= mostPages; page++) {
        const query = { limit: foldersOfPage, page };
        const folders = await ask('/api/folders', z.array(folderAnswer), { method: 'GET', query, signal });
        matching.push(...folders.filter((folder) => folder.title === title));
        if (folders.length < foldersOfPage) break;
      }
      const [first, second] = matching;
      if (second) {
        throw new FailureError('input', `Grafana has ${matching.length} folders “${title}”.`, {
          remedy: 'Rename one of them, or name another in the document’s dashboard.folder.',
        });
      }
      return first ?? null;
    },

    createFolder: (title, signal) => ask('/api/folders', folderAnswer, { method: 'POST', body: { title }, signal }),

    async save({ content, version, folderUid, message }, signal) {
      const body = {
        dashboard: { ...content, version },
        message,
        overwrite: false,
        ...(folderUid === null ? {} : { folderUid }),
      };
      const saved = await ask('/api/dashboards/db', savedAnswer, { method: 'POST', body, signal });
      return { url: new URL(saved.url, `${url}/`).href, version: saved.version };
    },
  };
}

/** Grafana says in JSON that it has no such dashboard; a 404 of something else is no answer to the question. */
function isMissing({ status, body }: HttpResponse<unknown>): boolean {
  return status === 404 && z.object({ message: z.string() }).safeParse(body).success;
}

function newerModel(uid: string, url: string): FailureError {
  return new FailureError('unsupported', `The dashboard ${uid} at ${url} is in Grafana’s newer model (v2).`, {
    remedy: 'It is not overwritten with one of the classic model: delete it there, or rename the monitor.',
  });
}
