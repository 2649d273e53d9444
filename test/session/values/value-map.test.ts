import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozen } from '../../../src/base/frozen.js';
import type { Json, JsonObject } from '../../../src/base/json.js';
import { applyChanges } from '../../../src/session/values/changes.js';
import { Values } from '../../../src/session/values/values.js';

const key = fc.constantFrom('a', 'b', 'c', '7', '', '__proto__', 'constructor');
/** As JSON gives it back: without -0. */
const json: fc.Arbitrary<Json> = fc
  .oneof(fc.constantFrom(0, 1, true, null, 'x'), fc.jsonValue())
  .map((value) => JSON.parse(JSON.stringify(value)));
const data = fc
  .array(fc.tuple(key, json))
  .map((pairs) => Object.fromEntries(pairs)) as fc.Arbitrary<JsonObject>;
const step = fc.tuple(fc.constantFrom('get', 'set', 'delete', 'push', 'keys', 'save'), key, json);

/** A request's values over a store that shares its frozen record, and a `Map` that goes through the same. */
class Pair {
  store: JsonObject;
  readonly values: Values;
  map: Map<string, Json>;

  constructor(loaded: JsonObject) {
    this.store = frozen(structuredClone(loaded));
    this.values = new Values(this.store);
    this.map = new Map(Object.entries(structuredClone(loaded)));
  }

  take(action: string, name: string, value: Json): void {
    if (action === 'set') {
      this.values.set(name, structuredClone(value));
      this.map.set(name, structuredClone(value));
    } else if (action === 'delete') {
      expect(this.values.delete(name)).toBe(this.map.delete(name));
    } else if (action === 'push') {
      for (const list of [this.values.get(name), this.map.get(name)])
        if (Array.isArray(list)) list.push(structuredClone(value));
    } else if (action === 'keys') {
      expect([...this.values.keys()]).toEqual([...this.map.keys()]);
    } else if (action === 'save') this.save();
  }

  save(): void {
    const snapshot = this.values.snapshot();
    this.store = frozen(applyChanges(this.store, snapshot.changes));
    this.values.rebase(this.store, snapshot);
    expect(this.values.snapshot().changes.size).toBe(0);
    const saved = Object.keys(this.store);
    expect(new Set(saved)).toEqual(new Set(this.map.keys()));
    this.map = new Map(saved.map((name) => [name, this.map.get(name) as Json]));
  }
}

describe('spec 5: the values of a session', () => {
  it('are like a Map after each step and each save, and leave the record that they came from alone', () => {
    fc.assert(
      fc.property(data, fc.array(step, { maxLength: 30 }), (loaded, steps) => {
        const pair = new Pair(loaded);
        for (const [action, name, value] of steps) {
          pair.take(action, name, value);
          expect(pair.values.get(name)).toEqual(pair.map.get(name));
          expect(pair.values.get(name)).toBe(pair.values.get(name));
          expect(pair.values.has(name)).toBe(pair.map.has(name));
          expect(pair.values.size).toBe(pair.map.size);
        }
        expect([...pair.values.live()]).toEqual([...pair.map]);
      }),
      { numRuns: 500 },
    );
  });

  it('-0 is saved as 0, as JSON has it', () => {
    const values = new Values({ a: 1 });
    values.set('a', -0);
    expect(values.snapshot().changes.get('a')).toBe(0);
  });

  it('I1: a value that another request saved meanwhile is kept, beside a text that this one saved', () => {
    const values = new Values(frozen({ text: 'a', count: 1, cart: { items: [1] } }));
    const cart = values.get('cart') as { items: number[] };
    values.set('text', 'b');
    const snapshot = values.snapshot();
    values.rebase(frozen({ text: 'b', count: 2, cart: { items: [1, 2] } }), snapshot);
    expect(values.get('count')).toBe(2);
    expect(values.get('cart')).toBe(cart);
    expect(cart).toEqual({ items: [1, 2] });
    expect(values.snapshot().changes.size).toBe(0);
  });

  it('a number is no key, as it is none of a Map with texts', () => {
    const values = new Values({ 7: 'seven' });
    expect(values.get(7 as never)).toBeUndefined();
    expect(values.has(7 as never)).toBe(false);
    expect(() => values.set(7 as never, 1)).toThrow('a session key is a string');
  });
});
