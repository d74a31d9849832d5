import type { PickleFinding } from '#schemas/domain/pickle-report.ts';
import { type ReadArgument, readArgument } from './arguments.ts';
import { ByteReader, bytesSource, EndOfBytes, NotFollowed, tooLarge } from './byte-reader.ts';
import { changedClass, Findings, hiddenImport, isHarmful } from './findings.ts';
import { judgeGlobal } from './globals.ts';
import { Machine } from './machine.ts';
import { move } from './moves.ts';
import { type Opcode, opcodes } from './opcodes.ts';
import { arrayWrapper, inlineArray, isNoText, other, thing, type Value } from './values.ts';

/** Why a pickle could not be read to its end. */
export interface Damage {
  readonly detail: string;
  /** Python might go on where we don't, so that no harmless beginning tells anything. */
  readonly isLimit: boolean;
  /** There are no more bytes. */
  readonly isCut: boolean;
}

export interface ReadPickle {
  readonly findings: readonly PickleFinding[];
  readonly damage: Damage | null;
}

const deepest = 8;
const opcodesAtOnce = 10_000;
const bytesAtOnce = 8 * 1024 * 1024;

/**
 * Reads one pickle from where the reader is to behind its STOP, making nothing of it, and says what it would import.
 * Gives way (`yield`) every few milliseconds. What was found before a damage is told as well.
 */
export function* readPickle(reader: ByteReader, depth = 0): Generator<void, ReadPickle> {
  const start = reader.position;
  const plain = yield* run(reader, { findings: new Findings(), depth, arrays: 'none' });
  if (plain.wrapperAt === null) return { findings: plain.findings.list, damage: plain.damage };
  // Arrays of joblib: joblib passes over bytes that pickle would run, so that both ways of loading it count.
  reader.moveTo(start);
  const { findings, damage } = yield* run(reader, { findings: new Findings(), depth, arrays: 'inline' });
  for (const finding of plain.findings.list) if (isHarmful(finding)) findings.add(finding);
  return { findings: findings.list, damage };
}

interface Course {
  readonly findings: Findings;
  readonly depth: number;
  /** Whether the bytes of joblib's arrays stand behind their wrappers. */
  readonly arrays: 'none' | 'inline';
}

interface Step extends Course {
  readonly machine: Machine;
  readonly reader: ByteReader;
  /** Where the current frame ends. */
  frameEnd: number;
  /** Of the first array of joblib; null where there is none. */
  wrapperAt: number | null;
}

interface Outcome {
  readonly findings: Findings;
  readonly damage: Damage | null;
  readonly wrapperAt: number | null;
}

function* run(reader: ByteReader, course: Course): Generator<void, Outcome> {
  const context: Step = { ...course, machine: new Machine(), reader, frameEnd: 0, wrapperAt: null };
  const damage = yield* runTo(context);
  return { findings: course.findings, damage, wrapperAt: context.wrapperAt };
}

function* runTo(context: Step): Generator<void, Damage | null> {
  const { reader, machine } = context;
  let pausedAt = reader.position;
  try {
    for (let count = 1; ; count += 1) {
      if (count % opcodesAtOnce === 0 || reader.position - pausedAt > bytesAtOnce) {
        yield;
        pausedAt = reader.position;
      }
      const offset = reader.position;
      const opcode = opcodes.get(reader.byte());
      if (!opcode) return damaged(`There is no opcode at byte ${offset}.`);
      if (opcode.name === 'STOP') {
        machine.pop();
        return null;
      }
      const more = step(opcode, offset, context);
      if (more) yield* more;
    }
  } catch (error) {
    if (error instanceof EndOfBytes) return { ...damaged('It ends in the middle.'), isCut: true };
    if (error instanceof RangeError) return damaged('It does what no pickle that Python wrote does.');
    if (error instanceof NotFollowed) return { ...damaged(error.message), isLimit: true };
    throw error;
  }
}

function damaged(detail: string): Damage {
  return { detail, isLimit: false, isCut: false };
}

/** Takes one step; answers what there is to do besides, where that may take a while. */
function step(opcode: Opcode, offset: number, context: Step): Generator<void, void> | null {
  const { machine, reader } = context;
  const argument = readArgument(opcode, reader);
  switch (opcode.name) {
    case 'GLOBAL':
    case 'INST':
      importByLines(opcode.name, { offset, argument }, context);
      return null;
    case 'STACK_GLOBAL':
      importFromStack(offset, context);
      return null;
    case 'EXT1':
    case 'EXT2':
    case 'EXT4': {
      const name = `extension ${argument.number ?? 0}`;
      const detail = 'It imports by a number that only the machine that reads it knows.';
      context.findings.add({ offset, opcode: opcode.name, name, verdict: 'suspicious', detail });
      machine.push(other);
      return null;
    }
    case 'FRAME':
      context.frameEnd = reader.position + (argument.number ?? 0);
      return null;
    case 'BUILD':
      return setState(offset, context);
    default:
      move(opcode.name, argument, machine);
      return isPickle(argument.bytes) && context.depth < deepest ? lookInto(argument.bytes, offset, context) : null;
  }
}

function importByLines(
  opcode: 'GLOBAL' | 'INST',
  { offset, argument }: { readonly offset: number; readonly argument: ReadArgument },
  { findings, machine }: Step,
): void {
  const [module, name] = argument.lines ?? ['', ''];
  findings.add(found({ offset, opcode, module, name }));
  const callable: Value = { type: 'global', module, name };
  if (opcode === 'INST') machine.pushMadeOf(callable, machine.popToMark());
  else machine.push(callable);
}

function importFromStack(offset: number, { findings, machine }: Step): void {
  const [name, module] = [machine.pop(), machine.pop()];
  if (isNoText(name) || isNoText(module)) throw new RangeError('What it imports has no name.');
  // It may be a harmless name that was too much to keep.
  if (name.type === 'forgotten' || module.type === 'forgotten') throw tooLarge();
  const opcode = 'STACK_GLOBAL';
  if (name.type !== 'text' || module.type !== 'text') {
    const detail = 'What it imports is made up while it runs: nothing that Python writes does that.';
    findings.add({ offset, opcode, name: hiddenImport, verdict: 'dangerous', detail });
    machine.push(other);
    return;
  }
  findings.add(found({ offset, opcode, module: module.text, name: name.text }));
  machine.push({ type: 'global', module: module.text, name: name.text });
}

interface Import {
  readonly offset: number;
  readonly opcode: string;
  readonly module: string;
  readonly name: string;
}

function found({ offset, opcode, module, name }: Import): PickleFinding {
  return { offset, opcode, name: `${module}.${name}`.slice(0, 200), ...judgeGlobal(module, name) };
}

function* setState(offset: number, context: Step): Generator<void, void> {
  const { machine, findings } = context;
  const state = machine.pop();
  const made = machine.top();
  if (made.type === 'global') {
    const detail = `It changes ${made.module}.${made.name} itself, for everything that uses it.`.slice(0, 300);
    findings.add({ offset, opcode: 'BUILD', name: changedClass, verdict: 'dangerous', detail });
  }
  if (made.type !== 'object') return;
  const isFirst = made.state === null;
  made.state = state;
  if (made.of !== arrayWrapper) return;
  context.wrapperAt ??= offset;
  if (context.arrays === 'none') return;
  if (!isFirst || context.reader.position < context.frameEnd)
    throw new NotFollowed('It has an array as joblib writes none.');
  yield* passOverArray(state, context);
  machine.pop();
  machine.push(thing);
}

/** joblib writes an array's bytes behind its wrapper, or a pickle of its objects. */
function* passOverArray(state: Value, { reader, findings, depth }: Step): Generator<void, void> {
  const array = inlineArray(state);
  if (!array) throw new NotFollowed('It has an array of joblib that does not say how large it is.');
  if (array.bytes === null) {
    if (depth >= deepest) throw tooLarge();
    // These are read by pickle itself.
    const { damage } = yield* run(reader, { findings, depth: depth + 1, arrays: 'none' });
    if (damage !== null) throw damage.isLimit ? tooLarge() : new EndOfBytes();
    return;
  }
  if (array.isPadded) reader.skip(reader.byte());
  reader.skip(array.bytes);
}

function isPickle(bytes: Buffer | undefined): bytes is Buffer {
  return (
    bytes !== undefined && bytes.length > 2 && bytes[0] === 0x80 && (bytes[1] ?? 255) <= 5 && bytes.at(-1) === 0x2e
  );
}

/** A byte string that is a pickle itself: somebody will want to load it. */
function* lookInto(bytes: Buffer, offset: number, { findings, depth }: Step): Generator<void, void> {
  const inner = yield* readPickle(new ByteReader(bytesSource(bytes)), depth + 1);
  const certain = inner.damage === null ? inner.findings : inner.findings.filter(isHarmful);
  for (const finding of certain) findings.add({ ...finding, offset });
}
