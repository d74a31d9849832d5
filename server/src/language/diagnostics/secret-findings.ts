import type { Node } from '../syntax/ast.ts';
import { forEachScalar } from '../syntax/walk.ts';
import type { Report } from './finding.ts';

const secretKey = /(?:^|[-_.a-z])(?:password|passwd|token|secret|api[-_]?key|access[-_]?key|webhook|private[-_]?key)$/i;
const secretValue =
  /hooks\.slack\.com\/services\/\w|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bxox[abprs]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bglpat-[\w-]{20,}|:\/\/[^/\s:@]+:[^/\s@]+@/;

/** Reports what looks like a secret written out: by the key it stands behind, or by its own form. */
export function checkSecrets(node: Node | null, report: Report): void {
  forEachScalar(node, (scalar, key) => {
    if (typeof scalar.value !== 'string' || scalar.value === '' || scalar.value.includes('${{')) return;
    if (!(key !== null && secretKey.test(key)) && !secretValue.test(scalar.value)) return;
    const name = (key ?? 'secret')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .replace(/\W+/g, '_')
      .toUpperCase();
    report({
      code: 'secret-in-file',
      start: scalar.start,
      end: scalar.end,
      message: `This looks like a secret. Files are shared: name it instead, as \${{ secrets.${name} }}.`,
      replacements: [`\${{ secrets.${name} }}`],
    });
  });
}
