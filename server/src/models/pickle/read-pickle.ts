import type { PickleFinding } from '#schemas/domain/pickle-report.ts';
import { type ByteReader, bytesSource, EndOfBytes, ByteReader as Reader } from './byte-reader.ts';
import { judgeGlobal } from './globals.ts';
import { addItems, Machine, madeBy, TooLarge, tupleOf } from './machine.ts';
import { type Argument, type Opcode, opcodes } from './opcodes.ts';
import { arrayWrapper, inlineArray, other, type Value } from './values.ts';

export interface ReadPickle {
  readonly findings: readonly PickleFinding[];
  /** Why it could not be read to its end; null where it could. */
  readonly damage: string | null;
}

/** Texts longer than this are no names. */
const longestName = 1_000;
/** Byte strings up to this are looked into for a pickle. */
const largestNested = 4 * 1024 * 1024;
const mostFindings = 100;
const deepest = 8;
const opcodesAtOnce = 20_000;

/**
 * Reads one pickle from where the reader is to behind its STOP, making nothing of it, and says what it would import.
 * Gives way (`yield`) every few milliseconds. What was found before a damage is told as well.
 */
export function* readPickle(reader: ByteReader, depth = 0): Generator<void, ReadPickle> {
  const findings: PickleFinding[] = [];
  const add = (finding: PickleFinding) => {
    if (finding.verdict !== 'safe' && findings.length < mostFindings) findings.push(finding);
  };
  const damage = yield* run(reader, { add, depth });
  return { findings, damage };
}

interface Course {
  readonly add: (finding: PickleFinding) => void;
  readonly depth: number;
}

function* run(reader: ByteReader, course: Course): Generator<void, string | null> {
  const machine = new Machine();
  try {
    for (let count = 1; ; count += 1) {
      if (count % opcodesAtOnce === 0) yield;
      const offset = reader.position;
      const opcode = opcodes.get(reader.byte());
      if (!opcode) return `There is no opcode at byte ${offset}.`;
      if (opcode.name === 'STOP') return null;
      yield* step(opcode, offset, { ...course, machine, reader });
    }
  } catch (error) {
    if (error instanceof EndOfBytes) return 'It ends in the middle.';
    if (error instanceof TooLarge) return 'It would take more memory than any model needs.';
    if (error instanceof RangeError) return 'It does what no pickle that Python wrote does.';
    throw error;
  }
}

interface Step extends Course {
  readonly machine: Machine;
  readonly reader: ByteReader;
}

function* step(opcode: Opcode, offset: number, context: Step): Generator<void, void> {
  const { machine, reader } = context;
  const argument = readArgument(opcode, reader);
  if (argument.bytes) yield* lookInto(argument.bytes, offset, context);
  switch (opcode.name) {
    case 'GLOBAL':
    case 'INST': {
      const [module = '', name = ''] = argument.lines ?? [];
      tell(context, { offset, opcode: opcode.name, module, name });
      if (opcode.name === 'INST') {
        const args = machine.popToMark();
        machine.push(madeBy({ type: 'global', module, name }, tupleOf(args)));
      } else machine.push({ type: 'global', module, name });
      return;
    }
    case 'STACK_GLOBAL': {
      const [name, module] = [machine.pop(), machine.pop()];
      if (name.type !== 'text' || module.type !== 'text') {
        const detail = 'What it imports is made up while it runs: nothing that Python writes does that.';
        context.add({ offset, opcode: opcode.name, name: 'hidden import', verdict: 'dangerous', detail });
        machine.push(other);
        return;
      }
      tell(context, { offset, opcode: opcode.name, module: module.text, name: name.text });
      machine.push({ type: 'global', module: module.text, name: name.text });
      return;
    }
    case 'EXT1':
    case 'EXT2':
    case 'EXT4': {
      const name = `extension ${argument.number ?? 0}`;
      const detail = 'It imports by a number that only the machine that reads it knows.';
      context.add({ offset, opcode: opcode.name, name, verdict: 'suspicious', detail });
      machine.push(other);
      return;
    }
    case 'BUILD': {
      const state = machine.pop();
      const made = machine.top();
      if (made.type === 'object') {
        made.state = state;
        if (made.of === arrayWrapper) yield* passOverArray(state, context);
      }
      return;
    }
    default:
      move(opcode.name, argument, machine);
  }
}

interface Import {
  readonly offset: number;
  readonly opcode: string;
  readonly module: string;
  readonly name: string;
}

function tell({ add }: Step, { offset, opcode, module, name }: Import): void {
  const shown = `${module}.${name}`.slice(0, 200);
  add({ offset, opcode, name: shown, ...judgeGlobal(module, name) });
}

/** joblib writes an array's bytes behind its wrapper, or a pickle of its objects. */
function* passOverArray(state: Value, { reader, add, depth }: Step): Generator<void, void> {
  const array = inlineArray(state);
  if (!array) throw new RangeError('An array of joblib does not say how large it is.');
  if (array.bytes === null) {
    if (depth >= deepest) throw new TooLarge();
    const damage = yield* run(reader, { add, depth: depth + 1 });
    if (damage !== null) throw new EndOfBytes();
    return;
  }
  if (array.isPadded) reader.skip(reader.byte());
  reader.skip(array.bytes);
}

/** A byte string that is a pickle itself: somebody will want to load it. */
function* lookInto(bytes: Buffer, offset: number, { add, depth }: Step): Generator<void, void> {
  const isPickle = bytes.length > 2 && bytes[0] === 0x80 && (bytes[1] ?? 0) <= 5 && bytes.at(-1) === 0x2e;
  if (!isPickle || depth >= deepest) return;
  const inner = yield* readPickle(new Reader(bytesSource(bytes)), depth + 1);
  if (inner.damage !== null) return;
  for (const finding of inner.findings) add({ ...finding, offset });
}

interface ReadArgument {
  readonly number?: number;
  readonly text?: string;
  readonly lines?: readonly string[];
  /** Of byte strings that are worth a look. */
  readonly bytes?: Buffer;
}

const texts = new Set(['BINUNICODE', 'SHORT_BINUNICODE', 'BINUNICODE8', 'BINSTRING', 'SHORT_BINSTRING']);
const byteStrings = new Set(['BINBYTES', 'SHORT_BINBYTES', 'BINBYTES8', 'BYTEARRAY8', 'BINSTRING', 'SHORT_BINSTRING']);

function readArgument({ name, argument }: Opcode, reader: ByteReader): ReadArgument {
  switch (argument.type) {
    case 'none':
      return {};
    case 'line':
      return { text: reader.line() };
    case 'lines':
      return { lines: [reader.line(), reader.line()] };
    case 'fixed':
      return { number: reader.unsigned(argument.bytes) };
    case 'data':
      return readData(name, argument, reader);
  }
}

function readData(
  name: string,
  { lengthBytes }: Extract<Argument, { type: 'data' }>,
  reader: ByteReader,
): ReadArgument {
  const length = reader.unsigned(lengthBytes);
  const isText = texts.has(name) && length <= longestName;
  const isNested = byteStrings.has(name) && length <= largestNested;
  if (!isText && !isNested && !(name.startsWith('LONG') && length <= 8)) {
    reader.skip(length);
    return {};
  }
  const bytes = reader.bytes(length);
  if (name.startsWith('LONG'))
    return { number: bytes.length <= 6 && bytes.length > 0 ? bytes.readIntLE(0, bytes.length) : 0 };
  return { ...(isText ? { text: bytes.toString('utf8') } : {}), ...(isNested ? { bytes } : {}) };
}

function move(name: string, { number, text }: ReadArgument, machine: Machine): void {
  switch (name) {
    case 'PROTO':
    case 'FRAME':
    case 'READONLY_BUFFER':
      return;
    case 'MARK':
      machine.push({ type: 'mark' });
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
      machine.push({ type: 'number', number: number ?? 0 });
      return;
    case 'BININT':
      machine.push({ type: 'number', number: (number ?? 0) | 0 });
      return;
    case 'INT':
    case 'LONG':
      machine.push({ type: 'number', number: Number.parseInt(text ?? '', 10) });
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
      machine.push(machine.recall(Number.parseInt(text ?? '', 10)));
      return;
    case 'BINGET':
    case 'LONG_BINGET':
      machine.push(machine.recall(number ?? 0));
      return;
    case 'PUT':
      machine.remember(Number.parseInt(text ?? '', 10), machine.top());
      return;
    case 'BINPUT':
    case 'LONG_BINPUT':
      machine.remember(number ?? 0, machine.top());
      return;
    case 'MEMOIZE':
      machine.memoize();
      return;
    default:
      build(name, machine);
      return;
  }
}

function unquoted(text: string): string {
  return text.replace(/^(['"])(.*)\1\s*$/s, '$2');
}

/** Opcodes that put values together. */
function build(name: string, machine: Machine): void {
  switch (name) {
    case 'EMPTY_TUPLE':
      machine.push(tupleOf([]));
      return;
    case 'TUPLE':
      machine.push(tupleOf(machine.popToMark()));
      return;
    case 'TUPLE1':
    case 'TUPLE2':
    case 'TUPLE3': {
      const items = Array.from({ length: Number(name.at(-1)) }, () => machine.pop()).reverse();
      machine.push(tupleOf(items));
      return;
    }
    case 'EMPTY_DICT':
      machine.push({ type: 'dict', entries: new Map() });
      return;
    case 'DICT': {
      const dict: Value = { type: 'dict', entries: new Map() };
      addItems(dict, machine.popToMark());
      machine.push(dict);
      return;
    }
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
      machine.push(other);
      return;
    case 'REDUCE':
    case 'NEWOBJ': {
      const [args, callable] = [machine.pop(), machine.pop()];
      machine.push(madeBy(callable, args));
      return;
    }
    case 'NEWOBJ_EX': {
      machine.pop();
      const [args, callable] = [machine.pop(), machine.pop()];
      machine.push(madeBy(callable, args));
      return;
    }
    case 'OBJ': {
      const [callable, ...args] = machine.popToMark();
      machine.push(madeBy(callable ?? other, tupleOf(args)));
      return;
    }
    case 'BINPERSID':
      machine.pop();
      machine.push(other);
      return;
    default:
      // Numbers, sets, buffers and persistent ids: values that nothing here asks about.
      machine.push(other);
      return;
  }
}
