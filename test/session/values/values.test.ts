import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/base/json.js';
import { applyChanges } from '../../../src/session/values/changes.js';
import { Values } from '../../../src/session/values/values.js';

const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', ''),
  fc.string(),
);
const json = fc.jsonValue() as fc.Arbitrary<Json>;
const data = fc
  .array(fc.tuple(key, json))
  .map((pairs) => Object.fromEntries(pairs)) as fc.Arbitrary<JsonObject>;

/** As the store would have it. */
function stored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

describe('Values: what a request did', () => {
  it('its changes, applied to the loaded data, give its values', () => {
    const step = fc.oneof(
      fc.tuple(fc.constant('set' as const), key, json),
      fc.tuple(fc.constant('delete' as const), key, json),
      fc.tuple(fc.constant('get' as const), key, json),
      fc.tuple(fc.constant('clear' as const), key, json),
    );
    fc.assert(
      fc.property(data, fc.array(step), (loaded, steps) => {
        const values = new Values(loaded);
        for (const [action, name, value] of steps) values[action](name, value);
        const expected = stored(Object.fromEntries(values.live()));
        expect(stored(applyChanges(loaded, values.snapshot().changes))).toEqual(expected);
      }),
    );
  });

  it.each(['as loaded', 'after a change'])('%s, it has its own keys alone, and they are texts', (when) => {
    const values = new Values({ a: 1, 1: 'one' });
    if (when === 'after a change') values.set('b', 2);
    expect(values.size).toBe(when === 'as loaded' ? 2 : 3);
    for (const name of ['toString', 'constructor', '__proto__', 1 as never]) {
      expect(values.has(name)).toBe(false);
      expect(values.get(name)).toBeUndefined();
      expect(new Values({ 1: 'one' }).get(name)).toBeUndefined();
    }
    expect([values.has('1'), values.get('1')]).toEqual([true, 'one']);
  });

  it('reading a value, or setting it to its old content, is no change', () => {
    fc.assert(
      fc.property(data, (loaded) => {
        const values = new Values(stored(loaded));
        for (const [name, value] of [...values.live()]) {
          values.get(name);
          values.set(name, stored(value));
        }
        expect(values.snapshot().changes.size).toBe(0);
      }),
    );
  });

  it.each([
    ['read by get', (values: Values) => (values.get('list') as Json[]).push(2)],
    ['read by iteration', (values: Values) => ([...values.live().values()][0] as Json[]).push(2)],
  ])('spec 5: a value %s and changed in place counts as changed', (_, change) => {
    const values = new Values({ list: [1], other: [1] });
    change(values);
    expect([...values.snapshot().changes]).toEqual([['list', [1, 2]]]);
  });

  it('spec 5: a value that was set and then changed in place is saved as it is at the end', () => {
    const values = new Values();
    const list: number[] = [];
    values.set('list', list);
    list.push(1);
    expect([...values.snapshot().changes]).toEqual([['list', [1]]]);
  });

  it('a change is a copy: later changes of the value do not alter it', () => {
    const values = new Values({ list: [1] });
    const list = values.get('list') as number[];
    list.push(2);
    const changes = values.snapshot().changes;
    list.push(3);
    expect(changes.get('list')).toEqual([1, 2]);
  });

  it('spec 5: keys that would poison a prototype are plain data', () => {
    const values = new Values(JSON.parse('{"__proto__":{"admin":true}}'));
    expect(values.get('__proto__')).toEqual({ admin: true });
    expect(values.get('constructor')).toBeUndefined();
    values.set('__proto__', { admin: 1 });
    values.set('constructor', 'x');
    const merged = applyChanges({}, values.snapshot().changes);
    expect(Object.keys(merged)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('spec 5: nor do they inside a value', () => {
    const values = new Values();
    values.set('form', JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'));
    const merged = applyChanges({}, values.snapshot().changes);
    expect(JSON.stringify(merged)).toContain('"__proto__":{"admin":true}');
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('a value changed in place into something that is not JSON is refused, naming the key', () => {
    const values = new Values({ list: [1] });
    (values.get('list') as unknown[]).push(() => {});
    expect(() => values.snapshot().changes).toThrow(/"list": the value \(at \[1\]\) is a function/);
  });
});

describe('Values.rebase: after a save', () => {
  it('takes over the values that others saved', () => {
    const values = new Values({ a: 1, gone: 1 });
    values.rebase({ a: 2, new: 3 }, values.snapshot());
    expect(Object.fromEntries(values.live())).toEqual({ a: 2, new: 3 });
    expect(values.snapshot().changes.size).toBe(0);
  });

  it('keeps values that were changed again during the save', () => {
    const values = new Values({ a: 1, b: 1 });
    values.set('a', 2);
    values.get('b');
    const snapshot = values.snapshot();
    values.set('a', 3);
    values.set('c', 1);
    values.delete('b');
    values.rebase({ a: 2, b: 1 }, snapshot);
    expect(Object.fromEntries(values.live())).toEqual({ a: 3, c: 1 });
    expect([...values.snapshot().changes]).toEqual(
      expect.arrayContaining([
        ['a', 3],
        ['c', 1],
      ]),
    );
  });

  it('keeps the object that the request holds: later changes in place are saved too', () => {
    const values = new Values({ list: [1] });
    const list = values.get('list') as number[];
    list.push(2);
    const snapshot = values.snapshot();
    values.rebase(applyChanges({ list: [1] }, snapshot.changes), snapshot);
    expect(values.get('list')).toBe(list);
    list.push(3);
    expect(values.snapshot().changes.get('list')).toEqual([1, 2, 3]);
  });

  it('a value that was set counts as unchanged after its save', () => {
    fc.assert(
      fc.property(data, data, (loaded, set) => {
        const values = new Values(stored(loaded));
        for (const [name, value] of Object.entries(set)) values.set(name, value);
        const snapshot = values.snapshot();
        values.rebase(stored(applyChanges(loaded, snapshot.changes)), snapshot);
        expect(values.snapshot().changes.size).toBe(0);
      }),
    );
  });
});
