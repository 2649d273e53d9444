import { expect, it } from 'vitest';
import { frozen } from '../../src/base/frozen.js';
import { DEEPEST, type Json } from '../../src/base/json.js';

it('returns the same object, of which no part can be changed', () => {
  const value = { list: [{ n: 1 }, [2]], nested: { deep: { text: 'a' } } };
  expect(frozen(value)).toBe(value);
  for (const part of [value, value.list, value.list[0], value.list[1], value.nested, value.nested.deep])
    expect(Object.isFrozen(part)).toBe(true);
  expect(() => value.list.push([3])).toThrow(TypeError);
});

it.each([null, undefined, true, 0, '', 'text'])('returns %o as it is', (value) => {
  expect(frozen(value)).toBe(value);
});

it('freezes what parsed JSON calls __proto__, and leaves the prototype of all objects alone', () => {
  const value = frozen(JSON.parse('{"__proto__":{"a":{}}}') as Record<string, { a: object }>);
  const inner = Object.getOwnPropertyDescriptor(value, '__proto__')?.value as { a: object };
  expect([inner, inner.a].every(Object.isFrozen)).toBe(true);
  expect(Object.isFrozen(Object.prototype)).toBe(false);
});

it('takes the deepest value that a session holds', () => {
  let value: Json = [];
  const innermost = value;
  for (let level = 1; level < DEEPEST; level++) value = [value];
  frozen(value);
  expect(Object.isFrozen(innermost)).toBe(true);
});
