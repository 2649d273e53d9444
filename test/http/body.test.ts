import { describe, expect, it } from 'vitest';
import { bodyParser, parseFields } from '../../src/http/body.js';

const FORM = 'application/x-www-form-urlencoded';

describe('spec 5: the parser of a login body', () => {
  it.each([
    [FORM, undefined],
    [`${FORM}; charset=utf-8`, null],
    [FORM.toUpperCase(), 'identity'],
    ['application/json', undefined],
    ['Application/JSON ; Charset="UTF-8"', undefined],
    ['application/json;charset=utf8', undefined],
  ])('%s with the encoding %s has one', (type, encoding) => {
    expect(bodyParser(type, encoding)).toBeTypeOf('function');
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['text/plain', undefined],
    ['text/plain, application/json', undefined],
    ['application/json+x', undefined],
    ['multipart/form-data; boundary=x', undefined],
    ['application/json; charset=utf-16', undefined],
    ['application/json; charset=iso-8859-1', undefined],
    ['application/json', 'gzip'],
    [FORM, 'br'],
    ['__proto__', undefined],
  ])('%s with the encoding %s has none', (type, encoding) => {
    expect(bodyParser(type, encoding)).toBeNull();
  });

  it('JSON may begin with a byte order mark; malformed JSON is undefined', () => {
    const parse = bodyParser('application/json', undefined);
    expect(parse?.(Buffer.from('\ufeff{"name":"Jürgen"}'))).toEqual({ name: 'Jürgen' });
    for (const text of ['', '{', 'undefined', '{"a":1}}', `${'['.repeat(10_000)}`])
      expect(parse?.(Buffer.from(text))).toBeUndefined();
  });

  it('a repeated field of a form is a list; keys are plain data, in JSON too', () => {
    expect(parseFields('a=1&a=2&b=%C3%AB+x')).toEqual({ a: ['1', '2'], b: 'ë x' });
    expect(Object.keys(parseFields('__proto__=1'))).toEqual(['__proto__']);
    const parsed = bodyParser(
      'application/json',
      null,
    )?.(Buffer.from('{"__proto__":{"login":true}}')) as object;
    expect(Reflect.get(parsed, 'login')).toBeUndefined();
    expect(({} as { login?: unknown }).login).toBeUndefined();
  });
});
