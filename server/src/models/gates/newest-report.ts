import { type GateReport, gateReport } from '#schemas/domain/gate-report.ts';
import type { ModelVersionDetails } from '#schemas/domain/model-version.ts';
import { sha256Of } from '../../platform/canonical-json.ts';
import type { ModelRegistry } from '../model-registry.ts';
import type { Gate } from './gate.ts';
import { gatesDigest } from './gate-digest.ts';

/** A report with the digest that it is kept by. */
export interface KeptReport {
  readonly digest: string;
  readonly report: GateReport;
}

/**
 * The newest report on a version that tells of its very files and of these gates; null where there is none, or no
 * gate to ask. A report whose content is not what its digest says counts as none.
 */
export async function newestReport(
  registry: Pick<ModelRegistry, 'report'>,
  { version, reports }: Pick<ModelVersionDetails, 'version' | 'reports'>,
  gates: readonly Gate[],
  signal?: AbortSignal,
): Promise<KeptReport | null> {
  if (gates.length === 0) return null;
  const wanted = gatesDigest(gates);
  for (const { digest } of reports) {
    const report = readReport(digest, (await registry.report(digest, signal)).content);
    if (report === null || report.gatesDigest !== wanted || report.manifestDigest !== version.manifestDigest) continue;
    if (report.model === version.model && report.version === version.version) return { digest, report };
  }
  return null;
}

function readReport(digest: string, content: string): GateReport | null {
  if (sha256Of(content) !== digest) return null;
  try {
    const parsed = gateReport.safeParse(JSON.parse(content));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
