/** What a file is by its first bytes. */
export type Form =
  | 'zip'
  | 'pickle'
  | 'numpy'
  | 'gzip'
  | 'zlib'
  | 'hdf5'
  /** Compressed or packed in a way that is not looked into. */
  | 'opaque'
  /** Nothing that one could tell; it may still be a pickle of the protocols 0 and 1, which have no mark. */
  | 'unknown';

/** bzip2, xz, lzma, lz4, zstd, 7z, RAR, and zlib as joblib wrote it once. */
const opaque = [
  'BZh',
  '\xfd7zXZ',
  ']\x00\x00',
  '\x04\x22\x4d\x18',
  '\x28\xb5\x2f\xfd',
  '7z\xbc\xaf\x27\x1c',
  'Rar!',
  'ZF0x',
];

export const headBytes = 512;

export function formOf(head: Buffer): Form {
  const starts = (text: string) => head.toString('latin1', 0, text.length) === text;
  if (starts('PK\x03\x04') || starts('PK\x05\x06')) return 'zip';
  if (starts('\x93NUMPY')) return 'numpy';
  if (starts('\x89HDF\r\n')) return 'hdf5';
  if (head[0] === 0x80 && (head[1] ?? 255) <= 5) return 'pickle';
  if (starts('\x1f\x8b')) return 'gzip';
  if (head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] ?? -1)) return 'zlib';
  if (opaque.some(starts) || head.toString('latin1', 257, 262) === 'ustar') return 'opaque';
  return 'unknown';
}

const pickleNames = /\.(?:pkl|pickle|p|pck|pcl|joblib|jbl|pt|pth|ckpt|dill|sav)(?:\.(?:gz|bz2|xz|lzma|z|lz4|zst))?$/i;
const dataNames = /\.(?:csv|tsv|txt|json|jsonl|log|md|html|xml|parquet|arrow|svg|png|jpe?g)(?:\.\w+)?$/i;

/** Whether a name says that somebody will unpickle the file. */
export function isPickleName(path: string): boolean {
  return pickleNames.test(path);
}

/** Whether a name says that nobody will. */
export function isDataName(path: string): boolean {
  return dataNames.test(path);
}

/** Whether the last bytes of a file say that a zip archive ends there, whatever it begins with. */
export function endsAsZip(tail: Buffer): boolean {
  return tail.includes('PK\x05\x06', 0, 'latin1');
}
