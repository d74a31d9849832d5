import { z } from 'zod';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { rootDigest } from '../artifact/manifest.ts';
import { compareCodePoints } from '../artifact/paths.ts';

export const inTotoPayloadType = 'application/vnd.in-toto+json';
export const statementType = 'https://in-toto.io/Statement/v1';
export const predicateType = 'https://model_signing/signature/v1.0';

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'Expected a SHA-256 in hexadecimal digits.');

/** What a signature of OpenSSF Model Signing v1 says, of the methods that verifiers share: `files` and `sha256`. */
export const modelStatement = z.object({
  _type: z.literal(statementType),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: hex }) })]),
  predicateType: z.literal(predicateType),
  predicate: z.object({
    serialization: z.object({
      method: z.literal('files'),
      hash_type: z.literal('sha256'),
      allow_symlinks: z.boolean().optional(),
      ignore_paths: z.array(z.string()).optional(),
    }),
    resources: z.array(z.object({ name: z.string(), algorithm: z.literal('sha256'), digest: hex })).min(1),
  }),
});
export type ModelStatement = z.infer<typeof modelStatement>;

/** The statement about a directory; resources in the specification's order, that of code points. */
export function statementAbout(
  name: string,
  files: readonly ModelFile[],
  ignorePaths: readonly string[],
): ModelStatement {
  const sorted = [...files].sort((a, b) => compareCodePoints(a.path, b.path));
  return {
    _type: statementType,
    subject: [{ name, digest: { sha256: rootDigest(sorted) } }],
    predicateType,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: [...ignorePaths] },
      resources: sorted.map(({ path, sha256 }) => ({ name: path, algorithm: 'sha256', digest: sha256 })),
    },
  };
}
