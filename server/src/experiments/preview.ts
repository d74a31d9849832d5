import { extname } from 'node:path/posix';
import type { ArtifactPreview } from '#schemas/protocol/experiments.ts';
import type { ArtifactSource } from './artifact-source.ts';
import { previewDelimited, previewJsonTable } from './preview-table.ts';

export interface Preview {
  readonly preview: ArtifactPreview;
  /** Bytes; null where the store does not say. */
  readonly size: number | null;
}

const longestText = 256_000;
const largestImage = 700_000;
const largestJsonTable = 4_000_000;

/**
 * A look into one artifact, small enough to travel: text up to 256 kB, images up to 700 kB, tables up to their first 200
 * rows. What can't be shown says why. Pictures are known by their first bytes, not by their names; SVG is meant for an
 * `img` element, where its scripts don't run. Fails as the source does.
 */
export async function previewArtifact(source: ArtifactSource, path: string, signal?: AbortSignal): Promise<Preview> {
  const info = await source.stat(path, signal);
  if (info.isDirectory) return none('This is a folder.', null);
  const extension = extname(path).toLowerCase();
  const limit = limitFor(extension);
  const { bytes, truncated } = await readStart(source, path, { limit, ...(signal ? { signal } : {}) });
  const size = info.size ?? (truncated ? null : bytes.length);
  return { preview: previewOf({ bytes, truncated, extension, path }), size };
}

interface Content {
  readonly bytes: Buffer;
  /** There is more than `bytes`. */
  readonly truncated: boolean;
  /** In lower case, with its dot. */
  readonly extension: string;
  readonly path: string;
}

function previewOf(content: Content): ArtifactPreview {
  const { bytes, truncated, extension } = content;
  const image = imageType(bytes) ?? (extension === '.svg' && looksLikeSvg(bytes) ? 'image/svg+xml' : null);
  if (image) {
    return truncated || bytes.length > largestImage
      ? { type: 'none', reason: 'This image is larger than 700 kB: download it to see it.' }
      : { type: 'image', mimeType: image, base64: bytes.toString('base64') };
  }
  const text = decodeText(bytes, truncated);
  if (text === null) return { type: 'none', reason: 'This file is neither text nor an image that can be shown here.' };
  return previewText(text, content);
}

function previewText(text: string, { extension, path, truncated }: Content): ArtifactPreview {
  if (extension === '.csv' || extension === '.tsv') {
    const table = previewDelimited(text, { delimiter: extension === '.tsv' ? '\t' : null, truncated });
    if (table) return table;
  }
  if (extension === '.json') {
    if (!truncated) {
      const table = previewJsonTable(text);
      if (table) return table;
    }
    return cutPreview(truncated ? text : indentJson(text), { truncated, language: 'json' });
  }
  return cutPreview(text, { truncated, language: languageOf(path, extension) });
}

function cutPreview(text: string, options: { truncated: boolean; language: string | null }): ArtifactPreview {
  const { truncated, language } = options;
  if (text.length <= longestText) return { type: 'text', text, truncated, language };
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(longestText - 1));
  return { type: 'text', text: text.slice(0, splitsPair ? longestText - 1 : longestText), truncated: true, language };
}

function none(reason: string, size: number | null): Preview {
  return { preview: { type: 'none', reason }, size };
}

function limitFor(extension: string): number {
  if (extension === '.json') return largestJsonTable;
  return imageExtensions.has(extension) ? largestImage : longestText;
}

const imageExtensions: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.gif', '.webp', '.svg']);

async function readStart(
  source: ArtifactSource,
  path: string,
  options: { limit: number; signal?: AbortSignal },
): Promise<{ bytes: Buffer; truncated: boolean }> {
  const stream = await source.read(path, options.signal);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      options.signal?.throwIfAborted();
      const data = Buffer.from(chunk);
      chunks.push(data);
      length += data.length;
      if (length > options.limit) break;
    }
  } finally {
    stream.destroy();
  }
  return { bytes: Buffer.concat(chunks).subarray(0, options.limit), truncated: length > options.limit };
}

function imageType(bytes: Buffer): string | null {
  const begins = (text: string, at = 0) => bytes.subarray(at, at + text.length).toString('latin1') === text;
  if (begins('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (begins('\xff\xd8\xff')) return 'image/jpeg';
  if (begins('GIF87a') || begins('GIF89a')) return 'image/gif';
  return begins('RIFF') && begins('WEBP', 8) ? 'image/webp' : null;
}

function looksLikeSvg(bytes: Buffer): boolean {
  return /<svg[\s>]/i.test(bytes.subarray(0, 4_096).toString('utf8'));
}

/** UTF-8 text, or null where it is none. A character that the cut went through is left out. */
function decodeText(bytes: Buffer, truncated: boolean): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: truncated });
  } catch {
    return null;
  }
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
const parseJson: (text: string, reviver: Reviver) => unknown = JSON.parse;
// Newer than the library types.
const rawJson: (text: string) => unknown = Reflect.get(JSON, 'rawJSON');

/** Numbers keep their digits as written. What is no JSON (Python writes NaN) stays as it is. */
function indentJson(text: string): string {
  try {
    const marked = parseJson(text, (_key, value, context) =>
      typeof value === 'number' ? rawJson(context?.source ?? String(value)) : value,
    );
    return JSON.stringify(marked, null, 2);
  } catch {
    return text;
  }
}

const languages: ReadonlyMap<string, string> = new Map([
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.py', 'python'],
  ['.md', 'markdown'],
  ['.html', 'html'],
  ['.xml', 'xml'],
  ['.svg', 'xml'],
  ['.js', 'javascript'],
  ['.ts', 'typescript'],
  ['.sh', 'shellscript'],
  ['.sql', 'sql'],
  ['.toml', 'toml'],
  ['.ini', 'ini'],
  ['.cfg', 'ini'],
  ['.jsonl', 'json'],
]);

function languageOf(path: string, extension: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === 'MLmodel' ? 'yaml' : (languages.get(extension) ?? null);
}
