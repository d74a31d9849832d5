/** The code that Node gives an error of the system, such as `ENOENT`; empty for errors without one. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
