import { tooLarge } from './byte-reader.ts';
import { other, type Value } from './values.ts';

/** Deeper stacks are made to exhaust who reads them. */
const deepestStack = 1_000_000;
const largestMemo = 10_000_000;
/** Characters of texts that the memo keeps; those behind are forgotten. */
const memoizedText = 60_000_000;
/** Items of a tuple, entries of a dict that are followed. */
const followed = 64;
/** Tuples, dicts and objects that are followed; what comes behind is only passed over. */
const mostContainers = 500_000;

const forgotten: Value = { type: 'forgotten' };
const mark: Value = { type: 'mark' };

/** The stack and memo of a pickle machine that makes nothing. */
export class Machine {
  readonly #stack: Value[] = [];
  /** Python numbers from 0 without gaps; a Map of millions would stop everything whenever it grows. */
  readonly #memo: Value[] = [];
  readonly #scattered = new Map<number, Value>();
  #text = 0;
  #containers = 0;

  push(value: Value): void {
    if (this.#stack.length >= deepestStack) throw tooLarge();
    this.#stack.push(value);
  }

  mark(): void {
    this.push(mark);
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
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw new RangeError('There is no mark.');
    const values = this.#stack.splice(at + 1);
    this.#stack.pop();
    return values;
  }

  popAny(): void {
    this.#stack.pop();
  }

  remember(index: number, value: Value): void {
    if (this.#kept >= largestMemo) throw tooLarge();
    if (value.type === 'text') this.#text += value.text.length + 40;
    const known = value.type === 'text' && this.#text > memoizedText ? forgotten : value;
    if (index > this.#memo.length) {
      this.#scattered.set(index, known);
      return;
    }
    this.#memo[index] = known;
    this.#scattered.delete(index);
  }

  memoize(): void {
    this.remember(this.#kept, this.top());
  }

  recall(index: number): Value {
    return this.#memo[index] ?? this.#scattered.get(index) ?? other;
  }

  get #kept(): number {
    return this.#memo.length + this.#scattered.size;
  }

  pushTuple(items: readonly Value[]): void {
    this.push(this.#tuple(items));
  }

  pushDict(items: readonly Value[]): void {
    const dict: Value = { type: 'dict', entries: new Map(), isCertain: true };
    addItems(dict, items);
    this.#pushContainer(dict);
  }

  /** What calling or instantiating something gives. */
  pushMade(callable: Value, args: Value): void {
    if (callable.type !== 'global') {
      this.push(other);
      return;
    }
    const items = args.type === 'tuple' ? args.items : [];
    this.#pushContainer({ type: 'object', of: `${callable.module}.${callable.name}`, args: items, state: null });
  }

  /** {@link pushMade} with arguments that lie on the stack one by one. */
  pushMadeOf(callable: Value, args: readonly Value[]): void {
    this.pushMade(callable, this.#tuple(args));
  }

  #tuple(items: readonly Value[]): Value {
    return items.length <= followed ? this.#counted({ type: 'tuple', items }) : other;
  }

  #pushContainer(value: Value): void {
    this.push(this.#counted(value));
  }

  #counted(value: Value): Value {
    this.#containers += 1;
    return this.#containers > mostContainers ? other : value;
  }
}

/** Puts keys and values, in turn, into a dict; other collections keep nothing. */
export function addItems(target: Value, items: readonly Value[]): void {
  if (target.type !== 'dict') return;
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [key, value] = [items[index], items[index + 1]];
    // Two ways to write a key would let one entry hide another.
    const isPlain = key?.type === 'text' && !key.text.includes('\\');
    if (isPlain && value && target.entries.size < followed) target.entries.set(key.text, value);
    else target.isCertain = false;
  }
}
