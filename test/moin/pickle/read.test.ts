import { describe, expect, it } from 'vitest';
import { PickleError } from '../../../src/moin/pickle/error.js';
import { readPickle } from '../../../src/moin/pickle/read.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../../../src/moin/pickle/values.js';
import { writePickle } from '../../../src/moin/pickle/write.js';

/** Reads bytes that are written as Latin-1 text. */
function read(text: string): PyValue {
  return readPickle(Buffer.from(text, 'latin1'));
}

function str(text: string): PyBytes {
  return new PyBytes(Buffer.from(text, 'latin1'));
}

const PLAIN: readonly [opcode: string, pickle: string, value: PyValue][] = [
  ['PROTO', '\x80\x02N.', null],
  ['NONE', 'N.', null],
  ['INT', 'I-12\n.', -12n],
  ['INT', 'I2147559960\n.', 2147559960n],
  ['INT 00', 'I00\n.', false],
  ['INT 01', 'I01\n.', true],
  ['BININT', 'J\xff\xff\xff\xff.', -1n],
  ['BININT1', 'K\xff.', 255n],
  ['BININT2', 'M\xff\xff.', 65535n],
  ['LONG', 'L-12345678901234567890L\n.', -12345678901234567890n],
  ['LONG1', '\x8a\x02\xff\x7f.', 32767n],
  ['LONG1 of no bytes', '\x8a\x00.', 0n],
  ['LONG4', '\x8b\x01\x00\x00\x00\x80.', -128n],
  ['FLOAT', 'F1.5e+100\n.', 1.5e100],
  ['FLOAT', 'F-inf\n.', Number.NEGATIVE_INFINITY],
  ['FLOAT', 'Fnan\n.', Number.NaN],
  ['BINFLOAT', 'G?\xf8\0\0\0\0\0\0.', 1.5],
  ['STRING', "S'it\\'s \\x41\\102\\n\\\\'\n.", str("it's AB\n\\")],
  ['STRING', 'S"\\q\xe9"\n.', str('\\q\xe9')],
  ['BINSTRING', 'T\x03\0\0\0a\n\xff.', str('a\n\xff')],
  ['SHORT_BINSTRING', 'U\x02\xe9..', str('\xe9.')],
  ['UNICODE', 'V\xe9\\u20ac\\U0001f600\\u005cu0041\n.', 'é€😀\\u0041'],
  ['UNICODE with an even number of backslashes', 'V\\\\u0041\\\\\\u0041\n.', '\\\\u0041\\\\A'],
  ['BINUNICODE of halves', 'X\x06\0\0\0a\xed\xa0\xbdbc.', 'a\ud83dbc'],
  ['BINUNICODE of two halves', 'X\x06\0\0\0\xed\xa0\xbd\xed\xb8\x80.', '😀'],
  ['BINUNICODE', 'X\x03\0\0\0\xe2\x82\xac.', '€'],
  ['NEWTRUE', '\x88.', true],
  ['NEWFALSE', '\x89.', false],
  ['EMPTY_LIST', '].', []],
  ['LIST', '(K\x01K\x02l.', [1n, 2n]],
  ['APPEND', ']K\x01a.', [1n]],
  ['APPENDS', '](K\x01K\x02e.', [1n, 2n]],
  ['EMPTY_TUPLE', ').', new PyTuple([])],
  ['TUPLE', '(NNNNt.', new PyTuple([null, null, null, null])],
  ['TUPLE1', 'K\x01\x85.', new PyTuple([1n])],
  ['TUPLE2', 'K\x01K\x02\x86.', new PyTuple([1n, 2n])],
  ['TUPLE3', 'K\x01K\x02K\x03\x87.', new PyTuple([1n, 2n, 3n])],
  ['EMPTY_DICT', '}.', new PyDict()],
  ['DICT', '(U\x01aNd.', new PyDict([[str('a'), null]])],
  ['SETITEM', '}U\x01aNs.', new PyDict([[str('a'), null]])],
  [
    'SETITEMS',
    '}(U\x01aNK\x01]u.',
    new PyDict([
      [str('a'), null],
      [1n, []],
    ]),
  ],
  ['POP', 'NK\x010.', null],
  ['POP of a mark', 'N(0.', null],
  ['POP_MARK', 'N(K\x01K\x021.', null],
  ['DUP', 'K\x012\x86.', new PyTuple([1n, 1n])],
  ['PUT, GET', '(K\x07p300\ng300\nt.', new PyTuple([7n, 7n])],
  ['BINPUT, BINGET', 'K\x07q\xc8h\xc8\x86.', new PyTuple([7n, 7n])],
  ['LONG_BINPUT, LONG_BINGET', 'K\x07r\xff\xff\xff\xffj\xff\xff\xff\xff\x86.', new PyTuple([7n, 7n])],
];

describe('readPickle: every opcode of plain data (spec 8)', () => {
  it.each(PLAIN)('%s %j', (_opcode, pickle, value) => {
    expect(shape(read(pickle))).toEqual(shape(value));
    expect(shape(readPickle(writePickle(value)))).toEqual(shape(value));
  });
});

describe('readPickle: what is no plain data is refused by name (spec 8)', () => {
  it.each([
    ['GLOBAL', 'cos\nsystem\n.'],
    ['REDUCE', 'NNR.'],
    ['FRAME', '\x95........'],
    ['PROTO', '\x80\x04N.'],
    ['0xff', '\xff.'],
  ])('%s', (opcode, pickle) => {
    expect(() => read(pickle)).toThrow(PickleError);
    expect(() => read(pickle)).toThrow(`the opcode ${opcode} at byte`);
  });
});

/** A value as plain objects that `toEqual` compares with types. */
function shape(value: PyValue): unknown {
  if (value instanceof PyBytes) return { str: Buffer.from(value.bytes).toString('latin1') };
  if (value instanceof PyTuple) return { tuple: value.items.map(shape) };
  if (value instanceof PyDict) return { dict: value.entries.map((pair) => pair.map(shape)) };
  return Array.isArray(value) ? value.map(shape) : value;
}
