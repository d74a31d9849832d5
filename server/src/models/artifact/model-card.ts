import { parse } from 'yaml';
import { z } from 'zod';

export interface ModelCard {
  /** Markdown, without its front matter. */
  readonly body: string;
  /** SPDX name where it is one; several are one expression with OR, as the person may choose. */
  readonly licence: string | null;
  /** `transformers`, `scikit-learn`, …, as Hugging Face’s cards say. */
  readonly library: string | null;
}

/** Reads a model card: Markdown that may begin with YAML between two lines of dashes. */
export function readModelCard(source: string): ModelCard {
  const { front, body } = frontMatter(source);
  const library = z.object({ library_name: z.string().min(1) }).safeParse(front);
  return { body, licence: licenceIn(front), library: library.success ? library.data.library_name : null };
}

function frontMatter(card: string): { readonly front: unknown; readonly body: string } {
  const [whole, yaml] = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(card) ?? [];
  if (whole === undefined || yaml === undefined) return { front: null, body: card };
  try {
    const front: unknown = parse(yaml, { maxAliasCount: 100, logLevel: 'error' });
    // Markdown may begin with a line too: without keys it is no front matter.
    const isMap = typeof front === 'object' && front !== null && !Array.isArray(front);
    return isMap ? { front, body: card.slice(whole.length) } : { front: null, body: card };
  } catch {
    // A front matter that nobody can read: the card stays whole.
    return { front: null, body: card };
  }
}

const licences = z.object({
  license: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  license_name: z.string().min(1).optional().catch(undefined),
});

function licenceIn(front: unknown): string | null {
  const parsed = licences.safeParse(front);
  if (!parsed.success) return null;
  const { license, license_name: ownName } = parsed.data;
  // Hugging Face: `license: other` with the name in a key of its own.
  if (license === 'other') return ownName ?? license;
  return [license].flat().map(spdxName).join(' OR ');
}

const SPDX: ReadonlyMap<string, string> = new Map(
  [
    'Apache-2.0',
    'MIT',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'GPL-3.0',
    'LGPL-3.0',
    'AGPL-3.0',
    'MPL-2.0',
    'CC-BY-4.0',
    'CC-BY-NC-4.0',
    'CC-BY-SA-4.0',
    'CC0-1.0',
    'Unlicense',
    'ISC',
  ].map((name) => [name.toLowerCase(), name]),
);

function spdxName(name: string): string {
  return SPDX.get(name.toLowerCase()) ?? name;
}
