import type { Health } from './component.ts';
import type { ResolvedService } from './configuration/resolved.ts';
import { FailureError } from './failure.ts';
import type { HttpClient } from './http.ts';
import { unhealthy } from './unhealthy.ts';

const healthPaths: Readonly<Partial<Record<ResolvedService['kind'], string>>> = {
  prometheus: '/-/healthy',
  grafana: '/api/health',
};

/** Whether a service has a cheap way to ask how it is. */
export function canCheck(service: ResolvedService): boolean {
  return service.origin !== null && healthPaths[service.kind] !== undefined;
}

/** Asks a service how it is. Never throws. */
export async function checkService(service: ResolvedService, http: HttpClient, signal?: AbortSignal): Promise<Health> {
  const started = performance.now();
  const latencyMs = () => performance.now() - started;
  try {
    const url = `${service.uri}${healthPaths[service.kind] ?? ''}`;
    const { status, body } = await http.request({ method: 'GET', url, responseType: 'text', signal });
    if (status !== 200) {
      throw new FailureError('remote', `${service.uri} answered with HTTP ${status}.`, {
        remedy: `Check that ${service.backend} is what answers there.`,
      });
    }
    return { healthy: true, detail: describe(service, body), latencyMs: latencyMs() };
  } catch (error) {
    return unhealthy(error, latencyMs());
  }
}

function describe({ kind }: ResolvedService, body: string): string {
  if (kind === 'prometheus') return 'Prometheus';
  const version = /"version"\s*:\s*"([\w.+-]+)"/.exec(body)?.[1];
  return version === undefined ? 'Grafana' : `Grafana ${version}`;
}
