import { z } from 'zod';
import { sha256 } from '#schemas/domain/model-version.ts';
import { FailureError } from '../../../platform/failure.ts';
import type { MlflowApi } from '../../../platform/mlflow/api.ts';
import type { AnchoredHead, HeadAnchors } from '../../audit/audit-log.ts';
import type { KnownHead } from '../../audit/chain.ts';
import { modelOf } from '../../audit/query.ts';
import type { MlflowSource } from '../shared/mlflow-records.ts';
import { auditTag } from '../shared/mlflow-tags.ts';
import { nothing } from './wire.ts';

const tagValue = z.object({ seq: z.int().min(1), hash: sha256 });

/**
 * The head of an audit log as a tag of the server's models: of the one that the last entry is about, so that a model that
 * is deleted takes no more with it than that. Who may edit models can change them.
 */
export function headTags(api: MlflowApi, source: MlflowSource): HeadAnchors {
  return {
    async write({ log, seq, hash, target }: AnchoredHead, signal) {
      const wanted = modelOf(target);
      const model = (await source.model(wanted, signal)) ?? (await source.models(signal))[0];
      if (!model) {
        throw new FailureError('input', 'The server has no model that the head of the audit log could be noted on.');
      }
      const body = { name: model.name, key: auditTag(log), value: JSON.stringify({ seq, hash }) };
      await api.post({ path: 'registered-models/set-tag', body, schema: nothing, signal });
      return model.name;
    },

    async read(log, signal) {
      const key = auditTag(log);
      return (await source.models(signal)).flatMap(({ name, tags }) => headIn(tags.get(key), name));
    },
  };
}

function headIn(text: string | undefined, model: string): KnownHead[] {
  try {
    const parsed = tagValue.safeParse(JSON.parse(text ?? ''));
    return parsed.success ? [{ ...parsed.data, kind: 'anchor', source: `a tag of the model ${model}` }] : [];
  } catch {
    return [];
  }
}
