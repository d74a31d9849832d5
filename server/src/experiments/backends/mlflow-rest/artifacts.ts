import { FailureError } from '../../../platform/failure.ts';
import type { MlflowApi } from '../../../platform/mlflow/api.ts';
import { tokenAfter } from '../../../platform/mlflow/paging.ts';
import type { ArtifactInfo, ArtifactSource } from '../../artifact-source.ts';
import type { RunRecord } from '../../tracking-store.ts';
import { artifactPath, noSuchArtifact, parentOf, sortArtifacts } from '../shared/artifact-path.ts';
import { artifactsPage } from './wire.ts';

/** The artifacts of a run through its server, wherever that keeps them: it reads clouds with its own credentials. */
export function serverArtifacts(api: MlflowApi, run: Pick<RunRecord, 'id' | 'artifactUri'>): ArtifactSource {
  const children = async (folder: string, signal?: AbortSignal): Promise<readonly ArtifactInfo[]> => {
    const found: ArtifactInfo[] = [];
    let token: string | undefined;
    do {
      const page = await api.get({
        path: 'artifacts/list',
        query: { run_id: run.id, path: folder === '' ? undefined : folder, page_token: token },
        schema: artifactsPage,
        signal,
      });
      for (const file of page.files) {
        found.push({ path: file.path, isDirectory: file.is_dir, size: file.is_dir ? null : file.file_size });
      }
      token = tokenAfter(token, page);
    } while (token !== undefined);
    return found.filter((entry) => entry.path !== folder);
  };

  const stat = async (path: string, signal?: AbortSignal): Promise<ArtifactInfo> => {
    const inside = artifactPath(path);
    if (inside === '') return { path: '', isDirectory: true, size: null };
    const found = (await children(parentOf(inside), signal)).find((entry) => entry.path === inside);
    if (found === undefined) throw noSuchArtifact(inside);
    return found;
  };

  return {
    stat,

    async list(path, signal) {
      const inside = artifactPath(path);
      const found = await children(inside, signal);
      // A server answers an empty list for a file and for what is not there.
      if (found.length === 0 && !(await stat(inside, signal)).isDirectory) {
        throw new FailureError('input', `“${inside}” is a file, not a folder.`);
      }
      return sortArtifacts(found);
    },

    async read(path, signal) {
      const inside = artifactPath(path);
      if (inside === '') throw new FailureError('input', 'The artifacts’ folder itself can’t be read as a file.');
      const content =
        (await api.stream('/get-artifact', { run_id: run.id, path: inside }, signal)) ??
        (await readProxied(api, run.artifactUri, inside, signal));
      if (content === null) throw noSuchArtifact(inside);
      return content;
    },
  };
}

// A gateway may let through nothing but /api: then what the server proxies is still there.
async function readProxied(api: MlflowApi, uri: string | null, inside: string, signal: AbortSignal | undefined) {
  const root = /^mlflow-artifacts:\/*(?!\/)(.*)$/.exec(uri ?? '')?.[1];
  if (root === undefined || /^mlflow-artifacts:\/\/[^/]/.test(uri ?? '')) return null;
  const path = `${root.replace(/\/+$/, '')}/${inside}`.split('/').map(encodeURIComponent).join('/');
  return api.stream(`/api/2.0/mlflow-artifacts/artifacts/${path}`, {}, signal);
}
