import { type Span, scalarOf, spanOf, textOf, type UnitReader, type View } from '../symbols/view.ts';
import type { MeaningFinding } from './finding.ts';

/** Defaults that their own param would refuse, and bounds that leave no value. */
export function checkParamDefaults(params: View, reader: UnitReader): MeaningFinding[] {
  return reader.entries(params).flatMap(({ name, value }) => {
    const scalar = (key: string) => scalarOf(reader.get(value, key));
    const number = (key: string) => {
      const found = scalar(key)?.value;
      return typeof found === 'number' ? found : null;
    };
    const minimum = number('minimum');
    const maximum = number('maximum');
    const found: MeaningFinding[] = [];
    const add = (span: Span, message: string) => found.push({ code: 'param-default', span, message });
    const minimumAt = reader.get(value, 'minimum');
    const minimumNode = scalarOf(minimumAt);
    if (minimum !== null && maximum !== null && minimum > maximum && minimumAt && minimumNode)
      add(
        spanOf(minimumAt.part, minimumNode),
        `minimum (${minimum}) is larger than maximum (${maximum}): no value is left for \`${name}\`.`,
      );
    const defaultAt = reader.get(value, 'default');
    const given = scalarOf(defaultAt);
    const problem = given && given.value !== null ? refusal(given.value, { reader, value, minimum, maximum }) : null;
    if (defaultAt && given && problem)
      add(spanOf(defaultAt.part, given), `The default of \`${name}\` is not allowed: ${problem}.`);
    return found;
  });
}

interface Bounds {
  readonly reader: UnitReader;
  readonly value: View;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

function refusal(
  given: string | number | bigint | boolean,
  { reader, value, minimum, maximum }: Bounds,
): string | null {
  const list = reader.get(value, 'enum');
  const allowed = list ? reader.items(list).map((item) => textOf(item)) : [];
  if (allowed.length > 0 && !allowed.includes(String(given))) return `it is none of ${allowed.join(', ')}`;
  if (typeof given === 'number' && minimum !== null && given < minimum)
    return `it is less than the minimum, ${minimum}`;
  if (typeof given === 'number' && maximum !== null && given > maximum)
    return `it is more than the maximum, ${maximum}`;
  const pattern = scalarOf(reader.get(value, 'pattern'))?.value;
  if (typeof given !== 'string' || typeof pattern !== 'string') return null;
  return matches(pattern, given) ? null : `it does not match ${pattern}`;
}

/** A pattern that is none is not this check's business. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}
