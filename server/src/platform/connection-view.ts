import type { Connection, ConnectionAttention, ConnectionKind } from '#schemas/domain/connection.ts';
import type { FailureReason } from '#schemas/domain/failure.ts';
import type { Health } from './component.ts';
import type { ResolvedService, ResolvedTracker } from './configuration/resolved.ts';

type Configured = (ResolvedTracker & { readonly kind: 'tracker' }) | ResolvedService;

/** What a check gave: an answer, the need to be allowed first, or that there was none. */
export type CheckResult = Health | 'not-allowed' | 'not-checked';

/** A configured back end as the Connections view shows it. */
export function toConnection(configured: Configured, result: CheckResult): Connection {
  const { name, kind, backend, uri, origin, source, problem } = configured;
  const shown = { name, kind, backend, uri, origin, source };
  if (problem !== null) {
    const healthy = problem.attention === 'unsupported' ? null : false;
    return { ...shown, healthy, detail: problem.message, latencyMs: null, attention: problem.attention };
  }
  if (result === 'not-allowed') {
    const detail = `Not connected: allow this folder to connect to ${origin} first.`;
    return { ...shown, healthy: null, detail, latencyMs: null, attention: 'allow-origin' };
  }
  if (result === 'not-checked') {
    return { ...shown, healthy: null, detail: notChecked(kind), latencyMs: null, attention: null };
  }
  const latencyMs = Math.round(result.latencyMs * 10) / 10;
  const attention = result.healthy ? null : attentionFor(result.reason, origin);
  return { ...shown, healthy: result.healthy, detail: result.detail, latencyMs, attention };
}

function notChecked(kind: ConnectionKind): string {
  return kind === 'tracker' ? '' : 'Not checked yet.';
}

function attentionFor(reason: FailureReason | undefined, origin: string | null): ConnectionAttention {
  if (reason === 'unsupported') return 'unsupported';
  if (origin === null) return 'fix-configuration';
  return reason === 'permission' ? 'sign-in' : 'unreachable';
}
