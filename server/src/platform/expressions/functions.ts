/** What a value of an expression can be; `any` is what nobody knows before. */
export type ValueKind = 'any' | 'text' | 'number' | 'boolean' | 'null' | 'list' | 'object';

type ResultKind = Extract<ValueKind, 'any' | 'text' | 'number' | 'boolean'>;

export interface ExpressionFunction {
  readonly name: string;
  readonly parameters: readonly FunctionParameter[];
  readonly result: ResultKind;
  readonly description: string;
}

export interface FunctionParameter {
  readonly name: string;
  /** Any of them. */
  readonly types: readonly ValueKind[];
  readonly optional?: true;
  /** The last one may be given as often as one likes. */
  readonly repeated?: true;
}

const anything: readonly ValueKind[] = [];
const textOnly: readonly ValueKind[] = ['text'];

/** Every function that an expression can call. */
export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = new Map(
  [
    make('contains', 'boolean', 'Whether a list has an item, or a text another text.', [
      { name: 'search', types: ['text', 'list'] },
      { name: 'item', types: anything },
    ]),
    make('startsWith', 'boolean', 'Whether a text begins with another.', [
      { name: 'text', types: textOnly },
      { name: 'start', types: textOnly },
    ]),
    make('endsWith', 'boolean', 'Whether a text ends with another.', [
      { name: 'text', types: textOnly },
      { name: 'end', types: textOnly },
    ]),
    make('format', 'text', 'Fills {0}, {1} … of a text with the values behind it; {{ and }} are braces.', [
      { name: 'template', types: textOnly },
      { name: 'value', types: anything, optional: true, repeated: true },
    ]),
    make(
      'join',
      'text',
      'The items of a list as one text, with a separator in between (a comma when it is left out).',
      [
        { name: 'list', types: ['list'] },
        { name: 'separator', types: textOnly, optional: true },
      ],
    ),
    make('toJSON', 'text', 'A value as JSON.', [{ name: 'value', types: anything }]),
    make('fromJSON', 'any', 'The value that a JSON text says.', [{ name: 'json', types: textOnly }]),
    make('length', 'number', 'How many characters a text, items a list or keys an object has.', [
      { name: 'value', types: ['text', 'list', 'object'] },
    ]),
    make('min', 'number', 'The smallest of some numbers, or of a list of them.', [
      { name: 'value', types: ['number', 'list'], repeated: true },
    ]),
    make('max', 'number', 'The largest of some numbers, or of a list of them.', [
      { name: 'value', types: ['number', 'list'], repeated: true },
    ]),
    make(
      'round',
      'number',
      'A number with so many digits behind the point (none when it is left out), half away from 0.',
      [
        { name: 'number', types: ['number'] },
        { name: 'digits', types: ['number'], optional: true },
      ],
    ),
    make(
      'success',
      'boolean',
      'In `if`: all steps that this one waits for succeeded. Holds when no such function is used.',
      [],
    ),
    make('failure', 'boolean', 'In `if`: a step that this one waits for failed.', []),
    make('always', 'boolean', 'In `if`: true, whatever became of the steps before.', []),
  ].map((each) => [each.name, each]),
);

/** `round(number, digits?)` */
export function signatureOf({ name, parameters }: ExpressionFunction): string {
  const list = parameters.map((each) => `${each.name}${each.repeated ? ' …' : ''}${each.optional ? '?' : ''}`);
  return `${name}(${list.join(', ')})`;
}

/** Placeholders of a `format` template: the highest index, or −1. */
export function highestPlaceholder(template: string): number {
  const plain = template.replaceAll('{{', '').replaceAll('}}', '');
  return Math.max(-1, ...[...plain.matchAll(/\{(\d+)\}/g)].map((found) => Number(found[1])));
}

function make(
  name: string,
  result: ResultKind,
  description: string,
  parameters: readonly FunctionParameter[],
): ExpressionFunction {
  return { name, parameters, result, description };
}
