import { diagnosticCodes } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { isCode } from '../diagnostics/severities.ts';
import { severityEntries } from '../symbols/severity-entries.ts';
import type { UnitSymbols } from '../symbols/symbol.ts';
import type { MeaningFinding } from './finding.ts';

/** Severities that are given to codes that no diagnostic has. */
export function checkSeverityCodes(symbols: UnitSymbols): MeaningFinding[] {
  return severityEntries(symbols)
    .filter(({ name }) => !isCode(name))
    .map(({ name, key }) => {
      const meant = didYouMean(name, Object.keys(diagnosticCodes));
      const hint = meant[0] === undefined ? '' : ` Did you mean \`${meant[0]}\`?`;
      const message = `No problem has the code \`${name}\`, so that its severity changes nothing.${hint}`;
      return { code: 'unknown-diagnostic' as const, span: key, message, replacements: meant };
    });
}
