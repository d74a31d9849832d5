import { type Diagnostic, diagnosticCodes, type RelatedPlace, shiftDiagnostic } from '../diagnostics/diagnostic.ts';
import { rangeOf } from '../diagnostics/ranges.ts';
import { suppressed } from '../diagnostics/suppressions.ts';
import type { Unit } from '../symbols/file-symbols.ts';
import type { Span } from '../symbols/view.ts';
import type { Source } from '../syntax/source.ts';
import { checkCommand, scriptOf } from './check-command.ts';
import { checkEntrypoint, type EntrypointFinding } from './check-entrypoint.ts';
import { fixesOf, type TextFix } from './fixes.ts';
import type { PythonModule, PythonSpan } from './module.ts';
import type { PythonModules } from './python-modules.ts';
import { rangeInPython } from './python-range.ts';
import type { ShellWord } from './shell-words.ts';
import { entrypointUris, linesOf, type PythonStep, pythonSteps, scriptUris } from './steps.ts';

/** A diagnostic of the file (its lines count from the file's first) with what would put it right. */
export interface PythonDiagnostic extends Diagnostic {
  readonly fixes: readonly TextFix[];
}

export interface PythonCheck {
  readonly source: Source;
  readonly uri: string;
  readonly modules: Pick<PythonModules, 'load'>;
  readonly signal?: AbortSignal;
}

interface Loaded {
  readonly uri: string;
  readonly text: string;
  readonly module: PythonModule;
}

interface Finding {
  readonly diagnostic: Diagnostic;
  readonly fixes: readonly TextFix[];
}

/**
 * Holds the pipelines of a file to the Python that they call. The answer may come late: whoever asked sees that it does
 * not take the place of a newer one.
 */
export async function checkPython(check: PythonCheck): Promise<PythonDiagnostic[]> {
  const found: PythonDiagnostic[] = [];
  for (const step of pythonSteps(check.source)) {
    check.signal?.throwIfAborted();
    for (const { diagnostic, fixes } of [
      ...(await entrypointFindings(step, check)),
      ...(await runFindings(step, check)),
    ])
      found.push({ ...diagnostic, fixes });
  }
  const kept = new Set(suppressed(check.source, found));
  return found.filter((diagnostic) => kept.has(diagnostic));
}

/** The one file of several candidates that is there; null also where there are two, as either may be meant. */
export async function loadOnly(uris: readonly string[], modules: Pick<PythonModules, 'load'>): Promise<Loaded | null> {
  const loaded: Loaded[] = [];
  for (const uri of uris) {
    const file = await modules.load(uri);
    if (file) loaded.push({ uri, ...file });
  }
  return loaded.length === 1 ? (loaded[0] ?? null) : null;
}

async function entrypointFindings(step: PythonStep, check: PythonCheck): Promise<Finding[]> {
  const { entrypoint } = step;
  const loaded = entrypoint && (await loadOnly(entrypointUris(step, check.uri), check.modules));
  if (!entrypoint || !loaded) return [];
  const findings = checkEntrypoint({
    module: loaded.module,
    functionName: entrypoint.functionName,
    with: step.given,
    partial: step.incomplete,
  });
  return findings.map((finding) => {
    const span = spanOf(step, finding);
    const fixes = fixesOf(finding, { step, loaded, source: check.source });
    const replacements = finding.fixes.flatMap((fix) =>
      fix.action === 'rename-argument' || fix.action === 'rename-function' ? [fix.to] : [],
    );
    const related = finding.related && relatedPlace(loaded, finding.related);
    return {
      diagnostic: diagnosticOf({ ...finding, replacements, related }, { step, span, source: check.source }),
      fixes,
    };
  });
}

function spanOf(step: PythonStep, finding: EntrypointFinding): Span {
  const entrypoint = step.entrypoint?.functionSpan ?? { part: 0, start: 0, end: 0 };
  const argument = step.arguments.find(({ name }) => name === finding.argument);
  if (!argument) return entrypoint;
  const { node, part } = argument.value;
  return finding.code === 'python-argument-type' && node ? { part, start: node.start, end: node.end } : argument.key;
}

async function runFindings(step: PythonStep, check: PythonCheck): Promise<Finding[]> {
  const { run } = step;
  const findings: Finding[] = [];
  for (const words of linesOf(step)) {
    const command = scriptOf(words);
    if (!command || !run) continue;
    const loaded = await loadOnly(scriptUris(step, command.script.text, check.uri), check.modules);
    if (!loaded?.module.command) continue;
    for (const finding of checkCommand({ command: loaded.module.command, words: command.rest })) {
      const span = wordSpan(finding.word ?? command.script, {
        step,
        text: textOf(step.unit, run.span, check.source),
        run,
      });
      const related = finding.related && relatedPlace(loaded, finding.related);
      const made = diagnosticOf({ ...finding, related }, { step, span, source: check.source });
      findings.push({ diagnostic: made, fixes: [] });
    }
  }
  return findings;
}

function textOf(unit: Unit, span: Span, source: Source): string {
  const chunk = unit.chunks[span.part];
  return chunk ? source.text.slice(chunk.offset, chunk.offset + chunk.length) : '';
}

/** Where a word of the command stands in YAML: after as many of its like as come before it in the value. */
function wordSpan(
  word: ShellWord,
  { text, run }: { step: PythonStep; text: string; run: NonNullable<PythonStep['run']> },
): Span {
  const value = String(run.node.value);
  const wanted = value.slice(word.start, word.end);
  let from = -1;
  for (let at = value.indexOf(wanted); at >= 0 && at <= word.start; at = value.indexOf(wanted, at + 1)) {
    from = text.indexOf(wanted, Math.max(from + 1, run.span.start));
    if (from < 0 || from >= run.span.end) return run.span;
  }
  return from < 0 ? run.span : { part: run.span.part, start: from, end: from + wanted.length };
}

function relatedPlace(loaded: Loaded, span: PythonSpan): RelatedPlace {
  return { uri: loaded.uri, range: rangeInPython(loaded.module, span), message: 'It is defined here.' };
}

function diagnosticOf(
  finding: Pick<EntrypointFinding, 'code' | 'message' | 'severity'> & {
    readonly related: RelatedPlace | null;
    readonly replacements: readonly string[];
  },
  { step, span, source }: { step: PythonStep; span: Span; source: Source },
): Diagnostic {
  const chunk = step.unit.chunks[span.part];
  const base = {
    code: finding.code,
    severity: finding.severity ?? diagnosticCodes[finding.code],
    message: finding.message,
    related: [],
    replacements: finding.replacements,
  };
  const related = finding.related ? [finding.related] : [];
  const nowhere = { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 0 };
  if (!chunk) return { ...base, range: nowhere, related };
  return { ...shiftDiagnostic({ ...base, range: rangeOf(span, chunk, source.lines) }, chunk.firstLine), related };
}
