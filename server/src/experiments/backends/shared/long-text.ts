/** Texts beyond this are no params or tags that anyone can read: MLflow itself stops at 8,000 characters. */
export const MAX_TEXT_BYTES = 1024 * 1024;
export const SHOWN_TEXT_BYTES = 10_000;

/** What stands for a text that is too long: its start and its size. */
export function shortened(start: string, bytes: number): string {
  return `${start}… (cut: the whole text has ${bytes.toLocaleString('en')} bytes)`;
}
