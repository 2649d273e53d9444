import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.js';
import { pyToJson } from '../../../src/moin/pickle/json.js';
import { readPickle } from '../../../src/moin/pickle/read.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../../../src/moin/pickle/values.js';
import { writePickle } from '../../../src/moin/pickle/write.js';
import { describeValue, pyValues } from '../../aid/py-values.js';

describe('any plain data (spec 8)', () => {
  it('is read as it was written, with its types', () => {
    fc.assert(
      fc.property(pyValues, (value) => {
        expect(describeValue(readPickle(writePickle(value)))).toBe(describeValue(value));
      }),
      { numRuns: 300 },
    );
  });

  it('has as many values in JSON as in Python, none of them without a JSON form', () => {
    fc.assert(
      fc.property(pyValues, (value) => {
        const json = pyToJson(value);
        expect(JSON.parse(JSON.stringify(json))).toEqual(json);
        expect(countInJson(json)).toBe(countInPython(value));
      }),
      { numRuns: 300 },
    );
  });
});

function countInJson(json: Json): number {
  if (typeof json !== 'object' || json === null) return 1;
  return Object.values(json).reduce((sum: number, part) => sum + countInJson(part as Json), 1);
}

function countInPython(value: PyValue): number {
  const parts = partsOf(value);
  return parts.reduce((sum: number, part) => sum + countInPython(part), 1);
}

function partsOf(value: PyValue): readonly PyValue[] {
  if (value instanceof PyDict) return value.entries.map(([, part]) => part);
  if (value instanceof PyTuple) return value.items;
  return Array.isArray(value) ? value : [];
}

describe('PyDict has the keys of Python 2', () => {
  it('a str and a unicode of ASCII are one key, which keeps its first type', () => {
    const dict = new PyDict([[PyBytes.from('expires'), 1n]]);
    dict.set('expires', 2n);
    expect(describeValue(dict)).toBe(describeValue(new PyDict([[PyBytes.from('expires'), 2n]])));
    expect(dict.get('expires')).toBe(2n);
    expect(dict.get(PyBytes.from('expires'))).toBe(2n);
    expect(dict.delete('expires')).toBe(true);
    expect(dict.delete('expires')).toBe(false);
    expect(dict.size).toBe(0);
  });

  it('beyond ASCII they are two, and text finds the unicode first', () => {
    const dict = new PyDict([[PyBytes.from('é'), 'str']]);
    expect(dict.get('é')).toBe('str');
    dict.set('é', 'unicode');
    expect(dict.size).toBe(2);
    expect(dict.get('é')).toBe('unicode');
    expect(dict.delete('é')).toBe(true);
    expect(dict.get('é')).toBe('str');
  });

  it('1, 1.0 and True are one key; tuples are compared by what they hold', () => {
    const dict = new PyDict([
      [1n, 'a'],
      [1, 'b'],
      [true, 'c'],
      [new PyTuple(['x', 1n]), 'd'],
      [new PyTuple([PyBytes.from('x'), true]), 'e'],
      [new PyTuple(['x1']), 'f'],
    ]);
    expect(dict.entries.map(([, value]) => value)).toEqual(['c', 'e', 'f']);
    expect(dict.get(1n)).toBe('c');
    expect(dict.get(2n)).toBe(undefined);
  });

  it('an int and a float are one key only if they are exactly equal', () => {
    const dict = new PyDict([
      [2n ** 53n, 'a'],
      [2 ** 53, 'b'],
      [2n ** 53n + 1n, 'c'],
      [2n ** 1024n, 'd'],
      [Number.POSITIVE_INFINITY, 'e'],
      [0n, 'f'],
      [-0, 'g'],
      [Number.NaN, 'h'],
      [Number.NaN, 'i'],
    ]);
    expect(dict.entries.map(([, value]) => value).join('')).toBe('bcdeghi');
  });

  it('a list or dict is no key', () => {
    expect(() => new PyDict([[[], 1n]])).toThrow(TypeError);
    expect(() => new PyDict([[new PyTuple([new PyDict()]), 1n]])).toThrow(TypeError);
  });
});

describe('writePickle refuses what is no value of Python', () => {
  it.each([undefined, {}, new Date(), Symbol('x'), () => 1, new Map(), [undefined], [{ a: 1 }]])(
    '%o',
    (value) => {
      expect(() => writePickle(value as never)).toThrow(/is no value of Python/);
    },
  );
});
