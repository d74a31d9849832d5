import { toSarif, type ValidationResult, validateFiles } from '../../language/validate-files.ts';
import { exitCodes } from '../exit.ts';
import { plural } from '../format.ts';
import type { Invocation } from '../invocation.ts';
import { harmless, type Output, type Style } from '../output.ts';
import { requireFolder } from '../tracking.ts';
import { whileWaiting } from '../waiting.ts';

/** Ends with 1 where there are errors; warnings are no reason. */
export async function validate(
  invocation: Invocation,
  options: { paths: readonly string[]; sarif: boolean },
): Promise<number> {
  const { cwd, output, signal } = invocation;
  await requireFolder(cwd);
  const result = await whileWaiting(invocation, 'Checking files', () =>
    validateFiles({ paths: options.paths, cwd, signal }),
  );
  if (options.sarif) await output.document(toSarif(result));
  else if (output.json) await output.document(result);
  else await writeForPeople(result, output);
  return result.diagnostics.some(({ severity }) => severity === 'error') ? exitCodes.no : exitCodes.done;
}

type Diagnostic = ValidationResult['diagnostics'][number];

const styles: Readonly<Record<Diagnostic['severity'], Style>> = {
  error: 'red',
  warning: 'yellow',
  information: 'cyan',
  hint: 'dim',
};

/**
 * One line a diagnostic, in the form that editors and terminals make links of. Hints are left out: editors fade by them
 * what could go, and here they would only be noise.
 */
async function writeForPeople({ files, diagnostics: all }: ValidationResult, output: Output): Promise<void> {
  const diagnostics = all.filter(({ severity }) => severity !== 'hint');
  const lines = diagnostics.map(({ file, line, column, severity, code, message }) => {
    const place = output.style('bold', `${harmless(file)}:${line}:${column}`);
    return `${place} ${output.style(styles[severity], severity)} ${harmless(message)} ${output.style('dim', code)}`;
  });
  if (lines.length > 0) await output.text(lines.join('\n'));
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  const checked = plural(files.length, 'file');
  if (files.length === 0) await output.note('There is no mlops.yaml or *.mlops.yaml to check.');
  else if (diagnostics.length === 0) await output.note(`${checked} checked: all is well.`);
  else await output.note(`${checked} checked: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`);
}
