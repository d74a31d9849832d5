import { producerOf } from '../../meaning/producers.ts';
import type { Unit } from '../../symbols/file-symbols.ts';
import type { Origin } from '../../symbols/resolve.ts';
import { UnitReader } from '../../symbols/view.ts';
import { NotPlain, plainValue } from './plain-value.ts';

/** What a moved step is handed by the pipeline that it came from: params and inputs of the new pipeline. */
export class Handed {
  readonly params = new Map<string, unknown>();
  readonly inputs = new Map<string, unknown>();
  /** The name inside → the expression outside. */
  readonly arguments = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #origin: Origin;
  readonly #unit: Unit;

  constructor(origin: Origin, unit: Unit) {
    this.#origin = origin;
    this.#unit = unit;
  }

  /**
   * Takes what a path into a context names. Gives what to write in place of its first `length` names; null where it
   * means the same inside. Throws {@link NotPlain} for what can't be handed on.
   */
  take(path: readonly string[]): { readonly name: string; readonly length: number } | null {
    const [context, name = ''] = path;
    switch (context) {
      case 'params':
        return this.#param(name, `params.${name}`, () => this.#declared('params', name));
      case 'matrix':
        return this.#param(name, `matrix.${name}`, () => ({ type: this.#matrixType(name) }));
      case 'inputs':
        if (this.#unit.symbols.step?.inputs.has(name)) return null;
        return this.#input(name, { outside: `inputs.${name}`, length: 2 }, () => this.#declared('inputs', name));
      case 'steps':
        return this.#output(path);
      case 'pipeline':
        if (name !== 'seed') throw new NotPlain();
        return null;
      default:
        return null;
    }
  }

  #output(path: readonly string[]): { name: string; length: number } {
    const [, step = '', section, output] = path;
    if (section !== 'outputs' || output === undefined || step === this.#unit.name) throw new NotPlain();
    const length = path[4] === '*' ? 5 : 4;
    const outside = `steps.${step}.outputs.${output}${length === 5 ? '[*]' : ''}`;
    const type = producerOf(this.#origin, step, output)?.artifact.type;
    if (!type) throw new NotPlain();
    return this.#input(output, { outside, length }, () => ({ type }));
  }

  #param(wanted: string, outside: string, declaration: () => unknown): { name: string; length: number } {
    const name = this.#name(wanted, outside);
    if (!this.params.has(name)) this.params.set(name, declaration());
    return { name: `params.${name}`, length: 2 };
  }

  #input(
    wanted: string,
    { outside, length }: { outside: string; length: number },
    declaration: () => unknown,
  ): { name: string; length: number } {
    const name = this.#name(wanted, outside);
    if (!this.inputs.has(name)) this.inputs.set(name, declaration());
    return { name: `inputs.${name}`, length };
  }

  #name(wanted: string, outside: string): string {
    const known = this.#names.get(outside);
    if (known !== undefined) return known;
    const own = this.#unit.symbols.step?.inputs;
    let name = wanted;
    for (let count = 2; this.arguments.has(name) || own?.has(name); count++) name = `${wanted}_${count}`;
    this.#names.set(outside, name);
    this.arguments.set(name, outside);
    return name;
  }

  #declared(section: string, name: string): unknown {
    const declared = documentValue(this.#origin, section);
    const value = typeof declared === 'object' && declared !== null ? Reflect.get(declared, name) : undefined;
    if (value === undefined || value === null) throw new NotPlain();
    return value;
  }

  #matrixType(name: string): string {
    const { view } = this.#unit.symbols;
    const reader = new UnitReader({ ...view, chunks: view.chunks });
    const matrix = reader.get(view.value, 'matrix');
    const list = matrix && reader.get(matrix, name);
    return typeOfAll(list ? reader.items(list).map((item) => plainValue(reader, item)) : []);
  }
}

/** The type of a param that takes each of some values. */
function typeOfAll(values: readonly unknown[]): string {
  if (values.length === 0) return 'string';
  if (values.every((value) => Number.isInteger(value))) return 'integer';
  if (values.every((value) => typeof value === 'number')) return 'number';
  return values.every((value) => typeof value === 'boolean') ? 'boolean' : 'string';
}

/** The value of a key at the top of a document as plain data; undefined where it is not there. */
export function documentValue({ document }: Origin, name: string): unknown {
  const unit = document.units.find((each) => each.section === null && each.name === name);
  if (!unit) return undefined;
  if (unit.symbols.incomplete) throw new NotPlain();
  return plainValue(new UnitReader(unit.symbols.view), unit.symbols.view.value);
}
