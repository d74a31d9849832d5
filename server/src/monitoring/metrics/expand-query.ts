import { EvaluationError, evaluate } from '../../platform/expressions/evaluate.ts';
import { parseExpression } from '../../platform/expressions/parser.ts';
import { isList, partsOf, Unknown, type Value } from '../../platform/expressions/values.ts';
import { FailureError } from '../../platform/failure.ts';

/** What `${{ }}` in the query of a monitor can name. */
export interface QueryContext {
  /** Null where the monitor names none. */
  readonly model: { readonly name: string; readonly version: string | null } | null;
  readonly environment: string | null;
}

const template = /\$\{\{(.*?)\}\}/gs;

/** Whether a query asks for the model's version, which the registry has to be asked for. */
export function namesVersion(query: string): boolean {
  return [...query.matchAll(template)].some(([, inner = '']) => /\bversion\b/.test(inner));
}

/**
 * A query with its expressions worked out. Quotes and backslashes of values can't end a string of PromQL. Variables of the
 * environment are not put in: the server's address may be anybody's. Fails with `input`.
 */
export function expandQuery(query: string, { model, environment }: QueryContext): string {
  const missing = (what: string) => new Unknown(`The monitor names no ${what}.`);
  const version: Value =
    model === null ? missing('model') : (model.version ?? new Unknown('The version is not known.'));
  const parts: ReadonlyMap<string, Value> = new Map([
    ['name', model?.name ?? missing('model')],
    ['version', version],
  ]);
  const contexts: ReadonlyMap<string, Value> = new Map<string, Value>([
    ['model', model === null ? missing('model') : partsOf('the model', parts)],
    ['version', version],
    ['environment', environment ?? missing('environment')],
  ]);
  return query.replaceAll(template, (whole, inner: string) => {
    const parsed = parseExpression(inner);
    const [problem] = parsed.problems;
    if (problem) throw unfit(whole, problem.message);
    return asText(
      whole,
      workedOut(whole, () => evaluate(parsed.root, (name) => contexts.get(name))),
    );
  });
}

function workedOut(whole: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof EvaluationError) throw unfit(whole, error.message);
    throw error;
  }
}

function asText(whole: string, value: Value): string {
  if (value instanceof Unknown) throw unfit(whole, value.reason);
  if (value === null || isList(value) || typeof value === 'object') throw unfit(whole, 'It is no text.');
  return String(value).replace(/["'`\\\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

function unfit(whole: string, message: string): FailureError {
  return new FailureError('input', `${whole} can’t be put into the query: ${message}`);
}
