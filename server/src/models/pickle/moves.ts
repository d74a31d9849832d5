import type { ReadArgument } from './arguments.ts';
import { NotFollowed } from './byte-reader.ts';
import { addItems, type Machine } from './machine.ts';
import { other, thing } from './values.ts';

/** Does to stack and memo what an opcode does that imports nothing. */
export function move(name: string, { number = Number.NaN, text }: ReadArgument, machine: Machine): void {
  switch (name) {
    case 'PROTO':
    case 'FRAME':
    case 'READONLY_BUFFER':
      return;
    case 'MARK':
      machine.mark();
      return;
    case 'POP':
      machine.popAny();
      return;
    case 'POP_MARK':
      machine.popToMark();
      return;
    case 'DUP':
      machine.push(machine.top());
      return;
    case 'NONE':
      machine.push({ type: 'none' });
      return;
    case 'BININT1':
    case 'BININT2':
    case 'LONG1':
    case 'LONG4':
    case 'INT':
    case 'LONG':
      machine.push({ type: 'number', number });
      return;
    case 'BININT':
      machine.push({ type: 'number', number: number | 0 });
      return;
    case 'STRING':
      machine.push({ type: 'text', text: unquoted(text ?? '') });
      return;
    case 'UNICODE':
    case 'BINSTRING':
    case 'SHORT_BINSTRING':
    case 'BINUNICODE':
    case 'SHORT_BINUNICODE':
    case 'BINUNICODE8':
      machine.push(text === undefined ? other : { type: 'text', text });
      return;
    case 'GET':
    case 'BINGET':
    case 'LONG_BINGET':
      machine.push(machine.recall(slot(number, text)));
      return;
    case 'PUT':
    case 'BINPUT':
    case 'LONG_BINPUT':
      machine.remember(slot(number, text), machine.top());
      return;
    case 'MEMOIZE':
      machine.memoize();
      return;
    default:
      build(name, machine);
  }
}

function slot(number: number, text: string | undefined): number {
  if (number >= 0) return number;
  // Python takes `1_0` and ` 10` for 10, but writes neither.
  if (text && /^[\s\d_+-]+$/.test(text)) throw new NotFollowed('It numbers what it keeps as no pickle does.');
  throw new RangeError('The memo has no such place.');
}

function unquoted(text: string): string {
  return text.replace(/^(['"])(.*)\1\s*$/s, '$2');
}

/** Opcodes that put values together. */
function build(name: string, machine: Machine): void {
  switch (name) {
    case 'EMPTY_TUPLE':
      machine.pushTuple([]);
      return;
    case 'TUPLE':
      machine.pushTuple(machine.popToMark());
      return;
    case 'TUPLE1':
      machine.pushTuple([machine.pop()]);
      return;
    case 'TUPLE2': {
      const [second, first] = [machine.pop(), machine.pop()];
      machine.pushTuple([first, second]);
      return;
    }
    case 'TUPLE3': {
      const [third, second, first] = [machine.pop(), machine.pop(), machine.pop()];
      machine.pushTuple([first, second, third]);
      return;
    }
    case 'EMPTY_DICT':
      machine.pushDict([]);
      return;
    case 'DICT':
      machine.pushDict(machine.popToMark());
      return;
    case 'SETITEM': {
      const [value, key] = [machine.pop(), machine.pop()];
      addItems(machine.top(), [key, value]);
      return;
    }
    case 'SETITEMS': {
      const items = machine.popToMark();
      addItems(machine.top(), items);
      return;
    }
    case 'APPEND':
      machine.pop();
      return;
    case 'APPENDS':
    case 'ADDITEMS':
      machine.popToMark();
      return;
    case 'LIST':
    case 'FROZENSET':
      machine.popToMark();
      machine.push(thing);
      return;
    case 'REDUCE':
    case 'NEWOBJ': {
      const [args, callable] = [machine.pop(), machine.pop()];
      machine.pushMade(callable, args);
      return;
    }
    case 'NEWOBJ_EX': {
      machine.pop();
      const [args, callable] = [machine.pop(), machine.pop()];
      machine.pushMade(callable, args);
      return;
    }
    case 'OBJ': {
      const [callable = other, ...args] = machine.popToMark();
      machine.pushMadeOf(callable, args);
      return;
    }
    case 'BINPERSID':
      machine.pop();
      machine.push(other);
      return;
    case 'PERSID':
    case 'NEXT_BUFFER':
      machine.push(other);
      return;
    default:
      // Floats, lists, sets and bytes: nothing here asks about them.
      machine.push(thing);
  }
}
