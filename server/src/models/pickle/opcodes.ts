/** What stands behind an opcode: `line`, two lines, so many bytes, or a length of so many bytes and then the data. */
export type Argument =
  | { readonly type: 'none' }
  | { readonly type: 'line' }
  | { readonly type: 'lines' }
  | { readonly type: 'fixed'; readonly bytes: 1 | 2 | 4 | 8 }
  | { readonly type: 'data'; readonly lengthBytes: 1 | 4 | 8 };

export interface Opcode {
  readonly name: string;
  readonly argument: Argument;
}

const none: Argument = { type: 'none' };
const line: Argument = { type: 'line' };
const lines: Argument = { type: 'lines' };
const fixed = (bytes: 1 | 2 | 4 | 8): Argument => ({ type: 'fixed', bytes });
const data = (lengthBytes: 1 | 4 | 8): Argument => ({ type: 'data', lengthBytes });

/** Opcodes of the protocols 0 to 5 by their byte, as Python's pickletools lists and names them. */
export const opcodes: ReadonlyMap<number, Opcode> = new Map(
  (
    [
      ['(', 'MARK', none],
      ['.', 'STOP', none],
      ['0', 'POP', none],
      ['1', 'POP_MARK', none],
      ['2', 'DUP', none],
      ['F', 'FLOAT', line],
      ['I', 'INT', line],
      ['J', 'BININT', fixed(4)],
      ['K', 'BININT1', fixed(1)],
      ['L', 'LONG', line],
      ['M', 'BININT2', fixed(2)],
      ['N', 'NONE', none],
      ['P', 'PERSID', line],
      ['Q', 'BINPERSID', none],
      ['R', 'REDUCE', none],
      ['S', 'STRING', line],
      ['T', 'BINSTRING', data(4)],
      ['U', 'SHORT_BINSTRING', data(1)],
      ['V', 'UNICODE', line],
      ['X', 'BINUNICODE', data(4)],
      ['a', 'APPEND', none],
      ['b', 'BUILD', none],
      ['c', 'GLOBAL', lines],
      ['d', 'DICT', none],
      ['}', 'EMPTY_DICT', none],
      ['e', 'APPENDS', none],
      ['g', 'GET', line],
      ['h', 'BINGET', fixed(1)],
      ['i', 'INST', lines],
      ['j', 'LONG_BINGET', fixed(4)],
      ['l', 'LIST', none],
      [']', 'EMPTY_LIST', none],
      ['o', 'OBJ', none],
      ['p', 'PUT', line],
      ['q', 'BINPUT', fixed(1)],
      ['r', 'LONG_BINPUT', fixed(4)],
      ['s', 'SETITEM', none],
      ['t', 'TUPLE', none],
      [')', 'EMPTY_TUPLE', none],
      ['u', 'SETITEMS', none],
      ['G', 'BINFLOAT', fixed(8)],
      ['B', 'BINBYTES', data(4)],
      ['C', 'SHORT_BINBYTES', data(1)],
      ['\x80', 'PROTO', fixed(1)],
      ['\x81', 'NEWOBJ', none],
      ['\x82', 'EXT1', fixed(1)],
      ['\x83', 'EXT2', fixed(2)],
      ['\x84', 'EXT4', fixed(4)],
      ['\x85', 'TUPLE1', none],
      ['\x86', 'TUPLE2', none],
      ['\x87', 'TUPLE3', none],
      ['\x88', 'NEWTRUE', none],
      ['\x89', 'NEWFALSE', none],
      ['\x8a', 'LONG1', data(1)],
      ['\x8b', 'LONG4', data(4)],
      ['\x8c', 'SHORT_BINUNICODE', data(1)],
      ['\x8d', 'BINUNICODE8', data(8)],
      ['\x8e', 'BINBYTES8', data(8)],
      ['\x8f', 'EMPTY_SET', none],
      ['\x90', 'ADDITEMS', none],
      ['\x91', 'FROZENSET', none],
      ['\x92', 'NEWOBJ_EX', none],
      ['\x93', 'STACK_GLOBAL', none],
      ['\x94', 'MEMOIZE', none],
      ['\x95', 'FRAME', fixed(8)],
      ['\x96', 'BYTEARRAY8', data(8)],
      ['\x97', 'NEXT_BUFFER', none],
      ['\x98', 'READONLY_BUFFER', none],
    ] as const
  ).map(([byte, name, argument]) => [byte.charCodeAt(0), { name, argument }]),
);
