import { z } from 'zod';
import { dsseEnvelope } from './dsse.ts';

const rawBytes = z.object({ rawBytes: z.base64() });

/** A sigstore bundle as OpenSSF Model Signing v1 writes it. Unknown keys are left alone. */
export const signatureBundle = z.object({
  mediaType: z.string(),
  verificationMaterial: z.object({
    publicKey: z.object({ hint: z.string().optional() }).optional(),
    /** Up to v0.2 of bundles, and by model-signing also later: the leaf first. */
    x509CertificateChain: z.object({ certificates: z.array(rawBytes).min(1).max(20) }).optional(),
    certificate: rawBytes.optional(),
  }),
  dsseEnvelope,
});
export type SignatureBundle = z.infer<typeof signatureBundle>;

export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const knownMediaTypes = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.3\+json|\+json;version=0\.[123])$/;

/** Bundles of models with very many files are large; beyond this nobody signed. */
export const largestBundle = 100 * 1024 * 1024;

export const tooLargeForBundle = 'it is larger than 100 MB';

/** Reads a bundle; a text where it is none says why. */
export function parseBundle(text: string): SignatureBundle | string {
  if (text.length > largestBundle) return tooLargeForBundle;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  const parsed = signatureBundle.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return issue ? `${issue.path.map(String).join('.') || 'the document'}: ${issue.message}` : 'it has another form';
  }
  if (!knownMediaTypes.test(parsed.data.mediaType)) return `its media type is “${parsed.data.mediaType}”`;
  return parsed.data;
}
