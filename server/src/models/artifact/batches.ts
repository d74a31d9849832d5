import type { FoundFile } from './walk-directory.ts';

/** A message to a thread costs as much as hashing some ten kilobytes: small files travel together. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_FILES = 256;

/**
 * Parts the work for threads that take a batch whenever they are free: the biggest files first, so that none of them
 * starts when all others are done. A file is never split.
 */
export function batchesOf<File extends Pick<FoundFile, 'size'>>(files: readonly File[]): File[][] {
  const batches: File[][] = [];
  let batch: File[] = [];
  let bytes = 0;
  for (const file of files.toSorted((a, b) => b.size - a.size)) {
    if (batch.length > 0 && (bytes + file.size > BATCH_BYTES || batch.length === BATCH_FILES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
