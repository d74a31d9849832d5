import type { DriftProfile } from '#schemas/domain/drift-profile.ts';

/** A profile as a file: the same data give the same text, one line a column, so that Git shows which ones changed. */
export function profileText({ form, rows, columns }: DriftProfile): string {
  const lines = columns.map((column) => `  ${JSON.stringify(column)}`);
  return `{"form":${JSON.stringify(form)},"rows":${rows},"columns":[\n${lines.join(',\n')}\n]}\n`;
}
