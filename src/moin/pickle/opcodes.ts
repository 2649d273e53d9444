import { PickleError } from './error.js';

/** Opcodes of plain data, by their byte. The names are Python's. */
const PLAIN: Readonly<Record<string, string>> = {
  '(': 'MARK',
  ')': 'EMPTY_TUPLE',
  '.': 'STOP',
  '0': 'POP',
  '1': 'POP_MARK',
  '2': 'DUP',
  F: 'FLOAT',
  G: 'BINFLOAT',
  I: 'INT',
  J: 'BININT',
  K: 'BININT1',
  L: 'LONG',
  M: 'BININT2',
  N: 'NONE',
  S: 'STRING',
  T: 'BINSTRING',
  U: 'SHORT_BINSTRING',
  V: 'UNICODE',
  X: 'BINUNICODE',
  ']': 'EMPTY_LIST',
  a: 'APPEND',
  d: 'DICT',
  e: 'APPENDS',
  g: 'GET',
  h: 'BINGET',
  j: 'LONG_BINGET',
  l: 'LIST',
  p: 'PUT',
  q: 'BINPUT',
  r: 'LONG_BINPUT',
  s: 'SETITEM',
  t: 'TUPLE',
  u: 'SETITEMS',
  '}': 'EMPTY_DICT',
  '\x80': 'PROTO',
  '\x85': 'TUPLE1',
  '\x86': 'TUPLE2',
  '\x87': 'TUPLE3',
  '\x88': 'NEWTRUE',
  '\x89': 'NEWFALSE',
  '\x8a': 'LONG1',
  '\x8b': 'LONG4',
};

const CLASS = 'names a Python class or function';
const CALL = 'calls Python code';
const OBJECT = 'makes a Python object';
const OUTSIDE = 'refers to an object outside of the pickle';
const LATER = 'is of a protocol of Python 3';

/** Opcodes that are refused, and what each would do. */
const REFUSED: Readonly<Record<string, readonly [name: string, what: string]>> = {
  c: ['GLOBAL', CLASS],
  '\x93': ['STACK_GLOBAL', CLASS],
  '\x82': ['EXT1', CLASS],
  '\x83': ['EXT2', CLASS],
  '\x84': ['EXT4', CLASS],
  R: ['REDUCE', CALL],
  b: ['BUILD', CALL],
  i: ['INST', OBJECT],
  o: ['OBJ', OBJECT],
  '\x81': ['NEWOBJ', OBJECT],
  '\x92': ['NEWOBJ_EX', OBJECT],
  P: ['PERSID', OUTSIDE],
  Q: ['BINPERSID', OUTSIDE],
  '\x97': ['NEXT_BUFFER', OUTSIDE],
  '\x98': ['READONLY_BUFFER', OUTSIDE],
  B: ['BINBYTES', LATER],
  C: ['SHORT_BINBYTES', LATER],
  '\x8c': ['SHORT_BINUNICODE', LATER],
  '\x8d': ['BINUNICODE8', LATER],
  '\x8e': ['BINBYTES8', LATER],
  '\x8f': ['EMPTY_SET', LATER],
  '\x90': ['ADDITEMS', LATER],
  '\x91': ['FROZENSET', LATER],
  '\x94': ['MEMOIZE', LATER],
  '\x95': ['FRAME', LATER],
  '\x96': ['BYTEARRAY8', LATER],
};

const NAMES: readonly (string | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => PLAIN[String.fromCharCode(code)],
);

/** Python's name of an opcode of plain data; undefined for other bytes. */
export function plainOpcode(code: number): string | undefined {
  return NAMES[code];
}

/** The error for a byte that is no opcode of plain data. */
export function refusal(code: number, position: number): PickleError {
  const [name, what] = REFUSED[String.fromCharCode(code)] ?? [
    `0x${code.toString(16).padStart(2, '0')}`,
    'is none of Python 2',
  ];
  return new PickleError(
    `the opcode ${name} at byte ${position} ${what}: only plain data of protocol 0 to 2 is read, and nothing in a pickle is run`,
    name,
  );
}
