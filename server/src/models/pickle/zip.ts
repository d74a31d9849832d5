import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Entry, fromBuffer, open, type ZipFile } from 'yauzl';

export interface ZipMember {
  readonly name: string;
  readonly isEncrypted: boolean;
  open(): Promise<Readable>;
}

/**
 * The files of a zip archive, as its central directory lists them. Checksums are not looked at: who loads the archive may
 * not look, either. Fails where the directory is damaged.
 */
export async function* openZip(source: string | Buffer): AsyncGenerator<ZipMember> {
  const archive = await openArchive(source);
  try {
    for await (const entry of entriesOf(archive)) {
      // The name of a folder does not keep it from having contents.
      if (entry.fileName.endsWith('/') && entry.compressedSize === 0) continue;
      yield {
        name: entry.fileName,
        isEncrypted: (entry.generalPurposeBitFlag & 1) === 1,
        open: () => promisify<Entry, Readable>(archive.openReadStream.bind(archive))(entry),
      };
    }
  } finally {
    archive.close();
  }
}

function openArchive(source: string | Buffer): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, strictFileNames: false, validateEntrySizes: false };
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null, archive?: ZipFile) => (archive ? resolve(archive) : reject(error));
    if (typeof source === 'string') open(source, options, settle);
    else fromBuffer(source, options, settle);
  });
}

async function* entriesOf(archive: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await nextEntry(archive);
    if (entry === null) return;
    yield entry;
  }
}

function nextEntry(archive: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      archive.removeAllListeners();
      act();
    };
    archive.once('entry', (entry: Entry) => settle(() => resolve(entry)));
    archive.once('end', () => settle(() => resolve(null)));
    archive.once('error', (error: Error) => settle(() => reject(error)));
    archive.readEntry();
  });
}
