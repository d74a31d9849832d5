import { other, type Value } from './values.ts';

/** Deeper stacks and larger memos are made to exhaust who reads them. */
const largest = 5_000_000;
/** Items of a tuple, entries of a dict that are followed. */
const followed = 64;

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The stack and memo of a pickle machine that makes nothing. */
export class Machine {
  readonly #stack: Value[] = [];
  readonly #memo = new Map<number, Value>();

  push(value: Value): void {
    if (this.#stack.length >= largest) throw new TooLarge();
    this.#stack.push(value);
  }

  pop(): Value {
    const value = this.#stack.pop();
    // A stack that has nothing left is a damaged pickle, or one that is not what it seems.
    if (!value || value.type === 'mark') throw new RangeError('The stack is empty.');
    return value;
  }

  top(): Value {
    return this.#stack.at(-1) ?? other;
  }

  /** All values down to the last mark, which goes, too. */
  popToMark(): Value[] {
    const at = this.#stack.findLastIndex(({ type }) => type === 'mark');
    if (at < 0) throw new RangeError('There is no mark.');
    const values = this.#stack.splice(at + 1);
    this.#stack.pop();
    return values;
  }

  popAny(): void {
    this.#stack.pop();
  }

  remember(index: number, value: Value): void {
    if (this.#memo.size >= largest) throw new TooLarge();
    this.#memo.set(index, value);
  }

  memoize(): void {
    this.remember(this.#memo.size, this.top());
  }

  recall(index: number): Value {
    return this.#memo.get(index) ?? other;
  }
}

export function tupleOf(items: readonly Value[]): Value {
  return items.length <= followed ? { type: 'tuple', items } : other;
}

/** Puts keys and values, in turn, into a dict; other collections keep nothing. */
export function addItems(target: Value, items: readonly Value[]): void {
  if (target.type !== 'dict') return;
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [key, value] = [items[index], items[index + 1]];
    if (key?.type === 'text' && value && target.entries.size < followed) target.entries.set(key.text, value);
  }
}

/** What calling or instantiating something gives. */
export function madeBy(callable: Value, args: Value): Value {
  if (callable.type !== 'global') return other;
  const items = args.type === 'tuple' ? args.items : [];
  return { type: 'object', of: `${callable.module}.${callable.name}`, args: items, state: null };
}
