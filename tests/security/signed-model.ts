import { createHash } from 'node:crypto';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { signModel } from '#server/models/signing/sign-model.ts';
import type { TestKey } from '../testbeds/certificates.ts';

export const file = (path: string, content: string): ModelFile => ({
  path,
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
export const model = file('MLmodel', 'flavors: {}');
export const weights = file('data/weights.bin', 'abc');
export const empty = file('empty', '');
/** What is signed. */
export const files = [model, weights, empty];

/** A bundle that says {@link files}, signed by a key alone. */
export function signedBy({ privateKey }: TestKey): string {
  return signModel({ name: 'churn', files, ignorePaths: ['model.sig'] }, { key: privateKey, certificates: [] });
}

// biome-ignore lint/suspicious/noExplicitAny: tamperings write what no type allows
export type Loose = any;

/** A bundle with its outer JSON changed. */
export function changed(bundle: string, change: (value: Loose) => void): string {
  const value: Loose = JSON.parse(bundle);
  change(value);
  return JSON.stringify(value);
}
