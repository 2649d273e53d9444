import { describe, expect, it } from 'vitest';
import { pyToJson } from '../../../src/moin/pickle/json.js';
import { PyBytes, PyDict, PyTuple } from '../../../src/moin/pickle/values.js';

const LATIN1 = new PyBytes(Buffer.from('caf\xe9', 'latin1'));

describe('pyToJson loses nothing silently (spec 8)', () => {
  it('text, numbers, lists and tuples', () => {
    const dict = new PyDict([
      [PyBytes.from('expires'), 1795404632.627562],
      ['trail', ['Größe', PyBytes.from('Größe')]],
      ['auth', new PyTuple([null, true, 5n])],
    ]);
    expect(pyToJson(dict)).toEqual({
      expires: 1795404632.627562,
      trail: ['Größe', 'Größe'],
      auth: [null, true, 5],
    });
  });

  it('what JSON has no form for is text as Python shows it', () => {
    expect(pyToJson([2n ** 53n - 1n, 2n ** 53n, -(2n ** 64n), LATIN1])).toEqual([
      2 ** 53 - 1,
      '9007199254740992',
      '-18446744073709551616',
      "'caf\\xe9'",
    ]);
    expect(pyToJson([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0])).toEqual([
      'nan',
      'inf',
      '-inf',
      '-0.0',
    ]);
  });

  it('keys that are no text, and keys that get the same name', () => {
    const dict = new PyDict([
      [1n, 'int'],
      [2.5, 'float'],
      [null, 'none'],
      ['1', 'text'],
      [PyBytes.from('é'), 'str'],
      ['é', 'unicode'],
      [new PyTuple([1n, 'a']), 'tuple'],
      [LATIN1, 'latin1'],
      ['__proto__', 'own'],
    ]);
    // An object has keys such as `1` first.
    expect(Object.entries(pyToJson(dict) as object)).toEqual([
      ['1', 'text'],
      ['1 (int)', 'int'],
      ['2.5', 'float'],
      ['None', 'none'],
      ['é (str)', 'str'],
      ['é', 'unicode'],
      ["(1, u'a')", 'tuple'],
      ["'caf\\xe9'", 'latin1'],
      ['__proto__', 'own'],
    ]);
  });
});
