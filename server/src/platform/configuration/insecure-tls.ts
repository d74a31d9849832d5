import type { Environment, VariableSource } from './environment.ts';
import { originOf } from './expressions.ts';

/** MLFLOW_TRACKING_INSECURE_TLS of one source, read as MLflow reads it. */
export function insecureTls(environment: Environment, source: VariableSource): boolean {
  return /^(1|true)$/i.test(environment.from(source, 'MLFLOW_TRACKING_INSECURE_TLS') ?? '');
}

/**
 * Whether the person's own environment lets an entry of `mlops.yaml` pass over the certificates of an origin: it says
 * so for the server that it names, or for any where it names none. A file alone can't: whoever wrote it could read what
 * the person sends.
 */
export function insecureTlsConfirmed(environment: Environment, origin: string): boolean {
  if (!insecureTls(environment, 'environment')) return false;
  const named = environment.from('environment', 'MLFLOW_TRACKING_URI');
  return named === null || originOf(named) === origin;
}
