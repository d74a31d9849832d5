/** `1 … n`, a line each, for the n lines of a text; the end of the last line begins no further one. */
export function lineNumbers(text: string): string {
  const ends = text.match(/\r\n|\n|\r/g)?.length ?? 0;
  const lines = /[\r\n]$/.test(text) ? ends : ends + 1;
  return Array.from({ length: lines }, (_, index) => index + 1).join('\n');
}
