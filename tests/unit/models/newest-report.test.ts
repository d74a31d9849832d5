import { describe, expect, it, vi } from 'vitest';
import { modelDocument } from '#schemas/config/model.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import type { Gate } from '#server/models/gates/gate.ts';
import { gatesDigest } from '#server/models/gates/gate-digest.ts';
import { newestReport } from '#server/models/gates/newest-report.ts';
import { digestOfJson } from '#server/platform/canonical-json.ts';

const version: ModelVersion = {
  ...{ model: 'churn', version: '1.0.0', stage: null, aliases: [], framework: null },
  ...{ manifestDigest: 'a'.repeat(64), rootDigest: 'b'.repeat(64), size: 1, fileCount: 1 },
  ...{ signed: false, archived: false, createdAt: 0, createdBy: 'ana' },
};

function gatesOf(...gates: object[]): readonly Gate[] {
  const document = { apiVersion: 'mlops/v1', kind: 'Model', metadata: { name: 'churn' }, validation: { gates } };
  return modelDocument.parse(document).validation?.gates ?? [];
}
const gates = gatesOf({ signed: true });

/** A registry with reports, the first the newest. */
function kept(...reports: object[]) {
  const contents = new Map(
    reports.map((parts) => {
      const { model, version: number, manifestDigest } = version;
      const named = { model, version: number, manifestDigest, gatesDigest: gatesDigest(gates) };
      const { digest, content } = digestOfJson({ ...named, passed: true, gates: [], createdAt: 0, ...parts });
      return [digest, content];
    }),
  );
  const report = vi.fn(async (digest: string) => ({ digest, passed: true, content: contents.get(digest) ?? '' }));
  const reported = [...contents.keys()].map((digest) => ({ digest, passed: true, createdAt: 0 }));
  return { registry: { report }, details: { version, reports: reported }, contents };
}

describe('the newest report', () => {
  it('is the first that tells of the very files, version and gates', async () => {
    const { registry, details } = kept(
      { createdAt: 5, manifestDigest: 'c'.repeat(64) },
      { createdAt: 4, version: '2.0.0' },
      { createdAt: 3, gatesDigest: gatesDigest(gatesOf({ safePickle: true })) },
      { createdAt: 2 },
      { createdAt: 1 },
    );
    expect((await newestReport(registry, details, gates))?.report.createdAt).toBe(2);
  });

  it('is none whose content was changed', async () => {
    const { registry, details, contents } = kept({ passed: false });
    for (const [digest, content] of contents) contents.set(digest, content.replace('false', 'true'));
    expect(await newestReport(registry, details, gates)).toBeNull();
  });

  it('is none where there are no gates, whatever is kept: nothing is read', async () => {
    const { registry, details } = kept({ gatesDigest: gatesDigest([]) });
    expect(await newestReport(registry, details, [])).toBeNull();
    expect(registry.report).not.toHaveBeenCalled();
  });
});
