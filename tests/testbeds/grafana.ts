import type { ServerResponse } from 'node:http';
import { type SeenRequest, startHttpServer, type TestServer } from './http-server.ts';

interface Stored {
  dashboard: Record<string, unknown>;
  version: number;
  folderUid: string;
  provisioned: boolean;
}

export interface FakeGrafana {
  readonly server: TestServer;
  readonly dashboards: Map<string, Stored>;
  readonly folders: { uid: string; title: string }[];
}

/**
 * A server that answers as the documentation of Grafana's HTTP API says, for dashboards and folders. It can't be installed
 * where the tests run, so what real ones do beyond that is not tested.
 */
export async function startFakeGrafana(options: { readonly token?: string } = {}): Promise<FakeGrafana> {
  const dashboards = new Map<string, Stored>();
  const folders: FakeGrafana['folders'] = [];
  const server = await startHttpServer((request, response) => {
    respond(request, response);
  });

  function respond({ method, path, headers, body }: SeenRequest, response: ServerResponse): ServerResponse {
    const url = new URL(path, 'http://grafana');
    if (options.token !== undefined && headers.authorization !== `Bearer ${options.token}`) {
      return answer(response, 401, { message: 'Unauthorized' });
    }
    const uid = /^\/api\/dashboards\/uid\/([^/]+)$/.exec(url.pathname)?.[1];
    if (method === 'GET' && uid !== undefined) return read(uid, response);
    if (method === 'POST' && url.pathname === '/api/dashboards/db') return save(JSON.parse(body), response);
    if (method === 'GET' && url.pathname === '/api/folders') {
      const [limit, page] = [Number(url.searchParams.get('limit')), Number(url.searchParams.get('page'))];
      return answer(response, 200, folders.slice((page - 1) * limit, page * limit));
    }
    if (method === 'POST' && url.pathname === '/api/folders') {
      const folder = { uid: `folder-${folders.length + 1}`, title: String(JSON.parse(body).title) };
      folders.push(folder);
      return answer(response, 200, folder);
    }
    return answer(response, 404, { message: 'Not found' });
  }

  function read(uid: string, response: ServerResponse): ServerResponse {
    const stored = dashboards.get(uid);
    if (!stored) return answer(response, 404, { message: 'Dashboard not found' });
    if ('elements' in stored.dashboard) {
      const place = `/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards/${uid}`;
      return answer(response, 406, { message: `dashboard api version not supported, use ${place} instead` });
    }
    const folder = folders.find((each) => each.uid === stored.folderUid);
    const meta = {
      folderUid: stored.folderUid,
      folderTitle: folder?.title ?? 'General',
      provisioned: stored.provisioned,
    };
    const found = { dashboard: { ...stored.dashboard, id: 7, version: stored.version }, meta };
    return answer(response, 200, found);
  }

  function save(
    {
      dashboard,
      folderUid = '',
      overwrite,
    }: { dashboard: Record<string, unknown>; folderUid?: string; overwrite: boolean },
    response: ServerResponse,
  ): ServerResponse {
    const uid = String(dashboard.uid);
    const stored = dashboards.get(uid);
    if (!overwrite && stored && stored.version !== dashboard.version) {
      const message = 'The dashboard has been changed by someone else';
      return answer(response, 412, { message, status: 'version-mismatch' });
    }
    const namesake = [...dashboards].some(
      ([other, each]) => other !== uid && each.folderUid === folderUid && each.dashboard.title === dashboard.title,
    );
    if (namesake)
      return answer(response, 412, { message: 'A dashboard with the same name exists', status: 'name-exists' });
    const version = (stored?.version ?? 0) + 1;
    const { id: _, version: __, ...content } = dashboard;
    dashboards.set(uid, { dashboard: content, version, folderUid, provisioned: false });
    return answer(response, 200, { id: 7, uid, url: `/d/${uid}/churn`, status: 'success', version, slug: 'churn' });
  }

  return { server, dashboards, folders };
}

function answer(response: ServerResponse, status: number, body: unknown): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(JSON.stringify(body));
}
