import { describe, expect, it } from 'vitest';
import { PickleError } from '../../../src/moin/pickle/error.js';
import { pyToJson } from '../../../src/moin/pickle/json.js';
import { readPickle } from '../../../src/moin/pickle/read.js';
import type { PyDict, PyValue } from '../../../src/moin/pickle/values.js';
import { writePickle } from '../../../src/moin/pickle/write.js';

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A list of two references to a list of two references, and so on. */
function bomb(levels: number, start: string, next: string): string {
  let text = start;
  for (let level = 0; level < levels; level++)
    text += `q${String.fromCharCode(level)}${next.replaceAll('@', `h${String.fromCharCode(level)}`)}`;
  return `${text}.`;
}

const MIB = 1024 * 1024;

describe('what a pickle costs is bounded (spec 8)', () => {
  it('bytes: 1 MiB by default', () => {
    expect(readPickle(bytes(`N.${'x'.repeat(MIB - 2)}`))).toBe(null);
    expect(() => readPickle(bytes(`N.${'x'.repeat(MIB - 1)}`))).toThrow(
      /1048577 bytes, more than the limit of 1048576/,
    );
    expect(() => readPickle(bytes('K\x01.'), { bytes: 2 })).toThrow(PickleError);
  });

  it.each([
    ['lists', ']'.repeat(100) + 'a'.repeat(99), ']'.repeat(101) + 'a'.repeat(100)],
    ['tuples', `N${'\x85'.repeat(100)}`, `N${'\x85'.repeat(101)}`],
    ['dicts', `${'}N'.repeat(99)}}${'s'.repeat(99)}`, `${'}N'.repeat(100)}}${'s'.repeat(100)}`],
    [
      'a shared part, deeper at its second place',
      `]q\0${'\x85'.repeat(97)}h\0\x86\x85`,
      `](]q\0${'\x85'.repeat(50)}q\x01h\x01${'\x85'.repeat(50)}e`,
    ],
  ])('levels: 100 of %s are read and written, 101 are not', (_kind, good, bad) => {
    expect(readPickle(writePickle(readPickle(bytes(`${good}.`))))).toBeDefined();
    expect(() => readPickle(bytes(`${bad}.`))).toThrow('more than 100 levels');
  });

  it('levels: 200,000 are refused as well, also in a key', () => {
    expect(() => readPickle(bytes(`${']'.repeat(200_000)}${'a'.repeat(199_999)}.`))).toThrow(
      'more than 100 levels',
    );
    expect(() => readPickle(bytes(`}N${'\x85'.repeat(200_000)}Ns.`))).toThrow('too large keys');
  });

  it('values: 250,000 by default', () => {
    expect(readPickle(bytes(`(${'N'.repeat(249_998)}t.`))).toBeDefined();
    expect(() => readPickle(bytes(`(${'N'.repeat(250_000)}t.`))).toThrow('too many values');
    expect(() => readPickle(bytes('('.repeat(MIB)))).toThrow('too many values');
    expect(() => readPickle(bytes(`N${'2'.repeat(MIB - 10)}.`))).toThrow('too many values');
  });

  it.each([
    ['lists', bomb(90, ']', '](@@e')],
    ['tuples', bomb(90, ')', '@\x86')],
    ['dicts', bomb(90, '}', '}(K\x01@K\x02@u')],
    ['a text', `(X\x00\x00\x01\x00${'a'.repeat(65_536)}q\0${'h\0'.repeat(100)}t.`],
    ['a str', `(T\x00\x00\x01\x00${'a'.repeat(65_536)}q\0${'h\0'.repeat(100)}t.`],
    ['a long', `(\x8b\xe8\x03\0\0${'a'.repeat(1000)}q\0${'h\0'.repeat(3000)}t.`],
  ])('a memo bomb of %s is refused without being written out', (_kind, pickle) => {
    expect(() => readPickle(bytes(pickle))).toThrow('repeats shared values');
  });

  it('a larger limit of bytes takes a larger text', () => {
    const text = `X\x01\x00\x60\x00${'a'.repeat(0x600001)}.`;
    expect(() => readPickle(bytes(text))).toThrow(/6291463 bytes, more than the limit/);
    expect(readPickle(bytes(text), { bytes: 8 * MIB })).toHaveLength(0x600001);
  });

  it('a huge int as the key of many dicts is refused before it is compared', () => {
    const int = `\x8b\xe8\x03\0\0${'a'.repeat(1000)}`;
    expect(() => readPickle(bytes(`}(${int}q\0N${'h\0N'.repeat(100_000)}u.`))).toThrow('too large keys');
  });

  it('a memo bomb as the key of a dict is refused before it is compared', () => {
    const key = bomb(90, ')', '@\x86').slice(0, -1);
    expect(() => readPickle(bytes(`}${key}Ns.`))).toThrow('too large keys');
    const long = `}(X\x00\x00\x04\x00${'a'.repeat(262_144)}q\0N${'h\0N'.repeat(100_000)}u.`;
    expect(() => readPickle(bytes(long))).toThrow('too large keys');
  });

  it('shared parts are allowed: one object, also when they are written again', () => {
    const value = readPickle(bytes('(]q\0h\0h\0t.')) as unknown as { items: PyValue[] };
    (value.items[0] as PyValue[]).push(7n);
    expect(pyToJson(readPickle(writePickle(value as unknown as PyValue)))).toEqual([[7], [7], [7]]);
    const again = readPickle(writePickle(value as unknown as PyValue)) as unknown as { items: PyValue[] };
    expect(again.items[1]).toBe(again.items[0]);
  });

  it('more than 256 shared parts', () => {
    const parts = Array.from({ length: 300 }, (_, index): PyValue[] => [BigInt(index)]);
    const again = readPickle(writePickle([...parts, ...parts])) as PyValue[];
    expect(pyToJson(again)).toEqual([...parts, ...parts].map(([int]) => [Number(int)]));
    expect(again[599]).toBe(again[299]);
  });

  it.each([
    ['list', ']q\0h\0a.'],
    ['dict', '}q\0Nh\0s.'],
    ['tuple in its list', '(]q\0h\0\x85ae.'.replace('(', '').replace('e.', '.')],
  ])('a %s that holds itself is refused', (_kind, pickle) => {
    expect(() => readPickle(bytes(pickle))).toThrow('holds itself');
  });

  it('a value that holds itself is not written', () => {
    const list: PyValue[] = [];
    list.push(list);
    expect(() => writePickle(list)).toThrow(PickleError);
  });

  it.each([
    ['INT', `I${'9'.repeat(4301)}\n.`],
    ['LONG', `L${'9'.repeat(MIB - 10)}L\n.`],
    ['LONG4', `\x8b\x00\x00\x0f\x00${'\x7f'.repeat(983_040)}.`],
  ])('%s of more than 4300 digits is refused', (_opcode, pickle) => {
    expect(() => readPickle(bytes(pickle))).toThrow('more than 4300 digits');
  });

  it('an int of 4300 digits is read, written and shown', () => {
    const digits = '9'.repeat(4300);
    expect(pyToJson(readPickle(writePickle(readPickle(bytes(`L-${digits}L\n.`)))))).toBe(`-${digits}`);
  });

  it.each([
    ['FLOAT', `F${'1'.repeat(MIB - 10)}x\n.`],
    ['FLOAT that is one', `F${'1'.repeat(MIB - 10)}\n.`],
    ['STRING', `S'${"' ".repeat(MIB / 2 - 10)}x\n.`],
    ['STRING of blanks', `S'a${' '.repeat(MIB - 20)}'\n.`],
    ['STRING of blanks and zeros before a letter', `S'${' \0'.repeat(MIB / 2 - 20)}x'  \n.`],
    ['STRING of blanks behind its quote', `S''${' '.repeat(MIB - 20)}\n.`],
    ['STRING of escapes', `S'${'\\'.repeat(MIB - 10)}'\n.`],
    ['UNICODE', `V${'\\u'.repeat(MIB / 2 - 10)}\n.`],
    ['UNICODE of backslashes', `V${'\\'.repeat(MIB - 10)}\n.`],
    ['text without its newline', 'S'.repeat(MIB)],
    ['BINUNICODE of halves', `X\xfa\xff\x0b\x00${'\xed\xa0\xbd'.repeat(262_142)}.`],
    ['many nan as keys', `}(${'G\x7f\xf8\0\0\0\0\0\0N'.repeat(100_000)}u.`],
  ])('a huge argument takes linear time: %s', (_opcode, pickle) => {
    // A quadratic reader takes minutes here, and the test runs out of time.
    try {
      JSON.stringify(pyToJson(readPickle(bytes(pickle))));
    } catch (error) {
      expect(error).toBeInstanceOf(PickleError);
    }
  });

  it('the values do not change with the bytes that they were read from', () => {
    const buffer = bytes('}U\x01aU\x01bs.');
    const dict = readPickle(buffer) as PyDict;
    buffer.fill(0);
    expect(pyToJson(dict)).toEqual({ a: 'b' });
  });
});
