import { describe, expect, it } from 'vitest';
import { PickleError } from '../../../src/moin/pickle/error.js';
import { plainOpcode } from '../../../src/moin/pickle/opcodes.js';
import { readPickle } from '../../../src/moin/pickle/read.js';

/** Reads bytes that are written as Latin-1 text. */
function read(text: string): unknown {
  return readPickle(Buffer.from(text, 'latin1'));
}

function errorOf(text: string): PickleError {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(PickleError);
    return error as PickleError;
  }
  throw new Error('it was read');
}

describe('what is no plain data is refused by the name of its opcode, and nothing is run (spec 8)', () => {
  it.each([
    ['GLOBAL', 'cposix\nsystem\n(S"id"\ntR.'],
    ['REDUCE', 'N)R.'],
    ['BUILD', '}}b.'],
    ['INST', '(iposix\nsystem\n.'],
    ['OBJ', '(No.'],
    ['NEWOBJ', 'N)\x81.'],
    ['EXT1', '\x82\x01.'],
    ['EXT2', '\x83\x01\x01.'],
    ['EXT4', '\x84\x01\x01\x01\x01.'],
    ['PERSID', 'P1\n.'],
    ['BINPERSID', 'K\x01Q.'],
    ['BINBYTES', 'B\x01\0\0\0a.'],
    ['SHORT_BINBYTES', 'C\x01a.'],
    ['SHORT_BINUNICODE', '\x8c\x01a.'],
    ['BINUNICODE8', '\x8d\x01\0\0\0\0\0\0\0a.'],
    ['BINBYTES8', '\x8e\x01\0\0\0\0\0\0\0a.'],
    ['EMPTY_SET', '\x8f.'],
    ['ADDITEMS', '(N\x90.'],
    ['FROZENSET', '(\x91.'],
    ['NEWOBJ_EX', 'N)}\x92.'],
    ['STACK_GLOBAL', 'NN\x93.'],
    ['MEMOIZE', 'N\x94.'],
    ['FRAME', '\x95\x02\0\0\0\0\0\0\0N.'],
    ['BYTEARRAY8', '\x96\0\0\0\0\0\0\0\0.'],
    ['NEXT_BUFFER', '\x97.'],
    ['READONLY_BUFFER', '\x98.'],
    ['PROTO', '\x80\x03N.'],
    ['0xff', '\xff.'],
    ['0x0a', '\n.'],
  ])('%s', (opcode, pickle) => {
    for (const before of ['', '\x80\x02', '\x80\x02}q\x00(U\x07expires']) {
      const error = errorOf(before + pickle);
      expect(error.opcode).toBe(opcode);
      expect(error.message).toMatch(new RegExp(`^the opcode ${opcode} at byte \\d+ `));
      expect(error.message).not.toMatch(/posix|system|expires|\n/);
    }
  });

  it('each of the 256 bytes is an opcode of plain data, or is refused', () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const refused = codes.filter((code) => plainOpcode(code) === undefined);
    expect(256 - refused.length).toBe(42);
    for (const code of refused)
      expect(errorOf(`N${String.fromCharCode(code)}.`).message).toMatch(/nothing in a pickle is run$/);
  });
});

describe('damage is told from data (I4)', () => {
  it.each([
    ['no value', '.'],
    ['only a mark', 'N(.'],
    ['INT of no digits', 'I\n.'],
    ['INT in another base', 'I0x10\n.'],
    ['INT that Python readers take for 8 or 10', 'I010\n.'],
    ['LONG of no digits', 'LL\n.'],
    ['FLOAT of no digits', 'F.\n.'],
    ['FLOAT with more', 'F1.5x\n.'],
    ['STRING without quotes', 'Sa\n.'],
    ['STRING of one quote', "S'\n."],
    ['STRING with two kinds of quotes', 'S\'a"\n.'],
    ['STRING with half an escape', "S'\\x4'\n."],
    ['STRING that ends with a backslash', "S'a\\'\n."],
    ['UNICODE with half an escape', 'V\\u20a\n.'],
    ['UNICODE beyond Unicode', 'V\\U00110000\n.'],
    ['BINUNICODE that is Latin-1', 'X\x01\0\0\0\xe9.'],
    ['BINUNICODE too long for its character', 'X\x02\0\0\0\xc0\x80.'],
    ['BINUNICODE that ends in half a half', 'X\x02\0\0\0\xed\xa0.'],
    ['BINSTRING of a negative length', 'T\xff\xff\xff\xff.'],
    ['LONG4 of a negative length', '\x8b\xff\xff\xff\xff.'],
    ['LONG4 beyond the input', '\x8b\xff\xff\xff\x7f.'],
    ['BINUNICODE beyond the input', 'X\xff\xff\xff\xffa.'],
    ['GET of what was not put', 'g0\n.'],
    ['GET of no index', 'Np0\ng00\n.'],
    ['BINGET of what was not put', 'h\x00.'],
    ['PUT of nothing', 'p0\n.'],
    ['APPEND to no list', '}Na.'],
    ['APPEND below a mark', '](Na.'],
    ['APPENDS without a mark', ']Ne.'],
    ['SETITEM to no dict', ']NNs.'],
    ['SETITEMS of an odd number', '}(Nu.'],
    ['DICT of an odd number', '(Nd.'],
    ['a list as key', '}]Ns.'],
    ['a dict as key', '(}Nd.'],
    ['a tuple with a list as key', '}(NN]tNs.'],
    ['TUPLE without a mark', 'Nt.'],
    ['TUPLE2 of one', 'N\x86.'],
    ['POP of nothing', '0.'],
    ['DUP of nothing', '2.'],
    ['DUP of a mark', '(2.'],
    ['POP_MARK without a mark', 'N1.'],
  ])('%s', (_name, pickle) => {
    expect(errorOf(pickle).message).toMatch(/^the opcode [A-Z0-9_]+ at byte \d+ .*: the pickle is damaged/);
  });

  it('cut off at any byte', () => {
    const whole = "\x80\x02}(U\x01aX\x02\0\0\0\xc3\xa9K\x01G?\xf8\0\0\0\0\0\0I12\nL3L\nS'x'\nVy\nF1.5\nNu.";
    read(whole);
    for (let length = 0; length < whole.length; length++) errorOf(whole.slice(0, length));
  });

  it('bytes behind STOP are ignored, and PROTO may come again, as in Python', () => {
    expect(read('\x80\x02\x80\x01\x80\x00K\x07.cos\nsystem\n')).toBe(7n);
  });
});
