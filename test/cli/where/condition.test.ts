import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { JsonObject } from '../../../src/base/json.js';
import { readWhere } from '../../../src/cli/where/condition.js';
import { describeDetail } from '../../../src/session/admin/info.js';
import { NOW, sample } from '../../aid/records.js';

const DATA: JsonObject = JSON.parse(`{
  "cart": { "items": [{ "sku": "moin-3", "n": 2, "price": 1.5, "tags": ["red"] }, { "sku": "moin-9", "n": 1 }], "total": 20 },
  "views": 12, "name": "Zoë", "tags": ["a", "b"], "flag": true, "nothing": null, "weird-key": 1, "it": 5,
  "session": "mine", "data": "too", "lastLogin": "2026-04-30T12:00:00Z", "__proto__": { "x": 1 }, "empty": []
}`);

function isSelected(expression: string, data: JsonObject = DATA): boolean {
  const record = sample('abcd', { data, seen: NOW - HOUR });
  const session = describeDetail({ id: record.id, bytes: 300, record }, NOW, false);
  return readWhere(expression)(NOW)(session);
}

describe('spec 7: --where selects by values', () => {
  it.each([
    'cart.items[0].sku == "moin-3"',
    "cart.items[0]['sku'] == 'moin-3'",
    'views > 10',
    'views >= 12 && views <= 12',
    'views == 12.0',
    'views * 2 + 1 == 25 && views % 5 == 2 && -views < 0 && views / 8 == 1.5',
    'cart.items[cart.items[0].n - 2].sku == "moin-3"',
    'cart.items.length == 2 && name.length == 3',
    '"a" in tags && "total" in cart && !("x" in tags)',
    'views in [1, 12]',
    'tags == ["a", "b"]',
    'name.startsWith("Zo") && name.endsWith("ë") && name.includes("o") && name.toLowerCase() == "zoë"',
    'tags.includes("b")',
    'any(cart.items, sku == "moin-9" && n == 1)',
    'any(cart.items, any(tags, it == "red"))',
    'any(tags, it == "b")',
    'flag',
    '!(flag == false)',
    'nothing == null && views != null',
    'has(cart.total) && !has(cart.nope) && !has(nope)',
    'data["weird-key"] == 1',
    'data.session == "mine" && data.data == "too"',
    'data["__proto__"].x == 1',
    'views > 100 ? false : true',
    'it == 5',
  ])('%s', (expression) => {
    expect(isSelected(expression)).toBe(true);
  });

  it.each([
    'session.userName == "alice" && session.state == "active"',
    'session.seen < "2026-05-01T11:30" && session.seen > "2026-05-01"',
    'session.seen < "-30m" && session.cookieExpires < "+2h"',
    'session.seen == "-1h"',
    'session.endedAt == null && session.endedBy != "limit"',
    'session.bytes > 200 && session.revision == 1',
    '"views" in session.keys',
    'session["userId"] == "id-alice"',
    'time(lastLogin) == "-1d" && time(0) == "1970-01-01"',
    'session.created > lastLogin',
  ])('fields of the session: %s', (expression) => {
    expect(isSelected(expression)).toBe(true);
  });

  it.each([
    'missing == 1',
    'missing != 1',
    '!(missing == 1)',
    'missing.deeper[3].still > 1',
    'cart.items[9].sku == "moin-3"',
    'cart.items[-1].sku == "moin-9"',
    'cart.items["0"].sku == "moin-3"',
    'name > 5',
    'views + "1" == 121',
    'views + name == 1',
    'session.endedAt < "+9d"',
    'nope in tags',
    'any(views, it == 1)',
    'any(cart.items, views == 12)',
    'views',
    'name',
    'missing ? true : true',
    'missing && false',
  ])('what is missing or of another type is no match, and no error: %s', (expression) => {
    expect(isSelected(expression)).toBe(false);
  });

  it('a known side decides, as if nobody had asked for the missing one', () => {
    expect(isSelected('missing == 1 || views == 12')).toBe(true);
    expect(isSelected('views == 12 || missing == 1')).toBe(true);
    expect(isSelected('!(missing == 1 && views == 0)')).toBe(true);
    expect(isSelected('!(missing == 1 && views == 12)')).toBe(false);
  });

  it.each([
    'constructor',
    'toString',
    'hasOwnProperty',
    '__proto__.polluted',
    'cart.constructor',
    'name.constructor',
  ])('nothing is inherited: %s is not there', (path) => {
    expect(isSelected(`has(${path})`, { cart: {}, name: 'x' })).toBe(false);
  });

  it('is done in time that grows with the record, however hostile it is', () => {
    const text = 'a'.repeat(1_000_000);
    const list = Array.from({ length: 50_000 }, (_, n) => n);
    const deep = JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`);
    const data = { text, half: `${'a'.repeat(500_000)}b`, list, deep, lists: [list, list] };
    expect(isSelected('text.includes(half)', data)).toBe(false);
    expect(isSelected('has(text) && text.includes("b")', data)).toBe(false);
    // Inside any() the outer list cannot be reached, so no list is read once for each element of another.
    expect(isSelected('any(list, it in list)', data)).toBe(false);
    expect(isSelected('any(lists, any(it, it == 49999))', data)).toBe(true);
    expect(isSelected('deep == deep', data)).toBe(true);
  });
});

describe('mistakes in --where are one line with the place and a remedy', () => {
  it.each([
    ['', /is empty: write it as/],
    ['views ==', /at character 9 \(Expected expression after ==\)/],
    ['views = 3', /at character \d+ \(Unexpected "="\): equality is written ==/],
    ['views === 3', /equality is written ==/],
    ['cart.items[0', /at character \d+ \(Unclosed \[\)/],
    ['name == "x', /Unclosed quote/],
    ['views > 1 and views < 3', /more than one expression: 'and' is written &&/],
    ['views > 1, views < 3', /one expression/],
    ['views > 1; views < 3', /one expression/],
    ['"x"', /is a value, not a condition/],
    ['views + 1', /is a value, not a condition/],
    ['session.usrName == "x"', /no field of a session \(did you mean 'userName'\?\)/],
    ['session == 1', /needs a field after 'session'/],
    ['session.seen < "yesterday"', /'yesterday' is not a time/],
    ['"2026-02-31" > session.seen', /is not a time/],
    ['size(tags) == 1', /there are has\(\), any\(\), time\(\)/],
    ['name.matches("(a+)+$")', /there are includes, startsWith, endsWith, toLowerCase/],
    ['name.constructor("return 1")() == 1', /there are/],
    ['any(tags)', /gives any\(\) 1 values: it takes 2/],
    ['this == 1', /has no 'this'/],
    ['(1, 2) == 1', /lists of expressions/],
    [' '.repeat(1001).concat('x'), /more than 1000 characters/],
    ['a => a', /cannot be read|equality/],
    ['`a`', /cannot be read/],
  ])('%s', (expression, message) => {
    expect(() => readWhere(expression)).toThrow(message);
    expect(() => readWhere(expression)).toThrow(/^(--where|'.*' is not a time).+$/);
  });

  it('500 brackets are not too many', () => {
    expect(isSelected(`${'('.repeat(490)}views${')'.repeat(490)} > 1`)).toBe(true);
    expect(isSelected(`${'!'.repeat(980)}flag`)).toBe(true);
  });

  it('any text is an expression or a UsageError, and any record is judged without an error', () => {
    const part = fc.constantFrom(
      ...[
        'views',
        'cart',
        '.',
        '[0]',
        '"a"',
        '1',
        '==',
        '<',
        'in',
        '&&',
        '!',
        '(',
        ')',
        'any(',
        ',',
        'it',
        'session.seen',
      ],
      ...[
        'time(',
        'has(',
        '-',
        '+',
        '?',
        ':',
        '.length',
        '.includes(',
        'null',
        '[',
        ']',
        'data',
        '"-1d"',
        '\\',
        "'",
      ],
    );
    const expressions = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(
        expressions,
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        (expression, data, views) => {
          let where: ReturnType<typeof readWhere>;
          try {
            where = readWhere(expression);
          } catch (error) {
            expect(error).toMatchObject({ exitCode: 2 });
            return;
          }
          const record = sample('abcd', { data: { ...data, views } as JsonObject });
          expect(where(NOW)(describeDetail({ id: record.id, bytes: 1, record }, NOW, false))).toBeTypeOf(
            'boolean',
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
