/** What a file is by its first bytes. */
export type Form =
  | 'zip'
  | 'pickle'
  | 'numpy'
  | 'gzip'
  | 'zlib'
  /** Compressed or packed in a way that is not looked into. */
  | 'opaque'
  /** Nothing that one could tell; it may still be a pickle of the protocols 0 and 1, which have no mark. */
  | 'unknown';

const opaque: readonly (readonly number[])[] = [
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x04, 0x22, 0x4d, 0x18],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
  [0x52, 0x61, 0x72, 0x21],
];

export const headBytes = 512;

export function formOf(head: Buffer): Form {
  const starts = (bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts([0x50, 0x4b, 3, 4]) || starts([0x50, 0x4b, 5, 6])) return 'zip';
  if (starts([0x93]) && head.toString('latin1', 1, 6) === 'NUMPY') return 'numpy';
  if (head[0] === 0x80 && (head[1] ?? 255) <= 5) return 'pickle';
  if (starts([0x1f, 0x8b])) return 'gzip';
  if (head[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(head[1] ?? -1)) return 'zlib';
  if (opaque.some(starts) || head.toString('latin1', 257, 262) === 'ustar') return 'opaque';
  return 'unknown';
}

const pickleNames = /\.(?:pkl|pickle|p|pck|pcl|joblib|jbl|pt|pth|ckpt|dill|sav)(?:\.(?:gz|bz2|xz|lzma|z|lz4|zst))?$/i;

/** Whether a name says that somebody will unpickle the file. */
export function isPickleName(path: string): boolean {
  return pickleNames.test(path);
}
