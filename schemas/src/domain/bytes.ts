const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.2 MB`: a number of bytes to read at a glance, in powers of ten, as disks are sold. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const size = bytes / 1000 ** power;
  return `${power === 0 ? size : size.toFixed(1)} ${units[power]}`;
}
