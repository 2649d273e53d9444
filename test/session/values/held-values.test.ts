import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/base/json.js';
import { applyChanges, type Snapshot } from '../../../src/session/values/changes.js';
import { Values } from '../../../src/session/values/values.js';
import { trail } from '../../../src/visit/trail.js';
import { makeSite, visitorWith } from '../../aid/site.js';

type Tree = { [key: string]: Json } | Json[];

/** One request's values beside a store that other requests write as well. */
class Bench {
  store: JsonObject;
  readonly values: Values;

  constructor(data: JsonObject) {
    this.store = copy(data);
    this.values = new Values(copy(data));
  }

  /** A part of a value as the application holds it. */
  held<T>(key: string, ...path: (string | number)[]): T {
    return path.reduce<unknown>((part, step) => (part as never)[step], this.values.get(key)) as T;
  }

  save(meanwhile: () => void = () => {}): void {
    const snapshot = this.values.snapshot();
    this.store = applyChanges(this.store, snapshot.changes);
    const saved = copy(this.store);
    meanwhile();
    this.values.rebase(saved, snapshot);
  }

  /** What another request saves. */
  other(data: JsonObject): void {
    this.store = { ...this.store, ...copy(data) };
  }
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

describe('spec 5: a value that was read and then changed in place, after a save in between', () => {
  it('spec 5: is saved together with the changes that others made elsewhere in it', () => {
    const bench = new Bench({ cart: { items: [{ id: 1, count: 1 }], note: '' } });
    const item = bench.held<{ count: number }>('cart', 'items', 0);
    const items = bench.held<Json[]>('cart', 'items');
    bench.other({ cart: { items: [{ id: 1, count: 1, gift: true }, { id: 2 }], note: 'x', more: [1] } });
    bench.save();
    item.count = 5;
    items.push({ id: 3 });
    bench.save();
    const all = [{ id: 1, count: 5, gift: true }, { id: 2 }, { id: 3 }];
    expect(bench.store).toEqual({ cart: { items: all, note: 'x', more: [1] } });
  });

  it('spec 5: the object and its parts stay part of the session', () => {
    const bench = new Bench({ cart: { a: { b: [1] } } });
    const parts = [bench.held('cart'), bench.held('cart', 'a'), bench.held('cart', 'a', 'b')];
    bench.other({ cart: { first: 0, a: { b: [0, 1] } } });
    bench.save();
    expect([bench.held('cart'), bench.held('cart', 'a'), bench.held('cart', 'a', 'b')]).toEqual(parts);
    expect(bench.held('cart')).toBe(parts[0]);
    expect(bench.held('cart', 'a')).toBe(parts[1]);
    expect(bench.held('cart', 'a', 'b')).toBe(parts[2]);
    expect(bench.values.snapshot().changes.size).toBe(0);
  });

  it.each<[string, Json[], Json[], (item: { [key: string]: Json }) => boolean]>([
    [
      'by a name of its own',
      [
        { sku: 'apple', qty: 1 },
        { sku: 'book', qty: 1 },
      ],
      [
        { sku: 'diamond', qty: 1 },
        { sku: 'apple', qty: 2 },
      ],
      ({ sku }) => sku === 'apple',
    ],
    [
      'by being equal',
      [
        { title: 'a', n: 1 },
        { title: 'b', n: 1 },
      ],
      [
        { title: 'd', n: 1 },
        { title: 'a', n: 1 },
      ],
      ({ title }) => title === 'a',
    ],
  ])(
    'spec 5: a list element keeps to itself %s, though another one came and one went',
    (_how, mine, theirs, isIt) => {
      const bench = new Bench({ list: mine });
      const held = bench.held<{ [key: string]: Json }[]>('list').find(isIt) as { [key: string]: Json };
      bench.other({ list: theirs });
      bench.save();
      held.mine = true;
      bench.save();
      const expected = theirs.map((item) =>
        isIt(item as never) ? { ...(item as object), mine: true } : item,
      );
      expect(bench.store).toEqual({ list: expected });
    },
  );

  it('spec 5: a list element that others moved is still the same one', () => {
    const bench = new Bench({ list: [{ id: 1 }, { id: 2 }] });
    const second = bench.held<{ seen?: boolean }>('list', 1);
    bench.other({ list: [{ id: 0 }, { id: 1 }, { id: 2 }] });
    bench.save();
    second.seen = true;
    bench.save();
    expect(bench.store).toEqual({ list: [{ id: 0 }, { id: 1 }, { id: 2, seen: true }] });
  });

  it.each<[string, (bench: Bench) => void]>([
    ['removed the key', (bench) => (bench.store = {})],
    ['put text under the key', (bench) => bench.other({ a: 'text' })],
    ['put a list under the key', (bench) => bench.other({ a: [1] })],
    ['removed the part', (bench) => bench.other({ a: {} })],
    ['replaced the part', (bench) => bench.other({ a: { b: 'text' } })],
  ])('spec 5: where others %s, the later save counts', (_, other) => {
    const bench = new Bench({ a: { b: { n: 1 } } });
    const part = bench.held<{ n: number }>('a', 'b');
    other(bench);
    bench.save();
    expect(Object.fromEntries(bench.values.live())).toEqual(bench.store);
    part.n = 2;
    expect(bench.values.get('a')).toEqual({ b: { n: 2 } });
    bench.save();
    expect(bench.store).toEqual({ a: { b: { n: 2 } } });
  });

  it('spec 5: an element that others removed comes back when the application changes it, not before', () => {
    const bench = new Bench({ list: [{ id: 1 }, { id: 2 }] });
    const first = bench.held<{ n?: number }>('list', 0);
    bench.other({ list: [{ id: 2 }] });
    bench.save();
    expect(bench.store).toEqual({ list: [{ id: 2 }] });
    first.n = 1;
    bench.save();
    expect(bench.store).toEqual({ list: [{ id: 1, n: 1 }, { id: 2 }] });
  });

  it('spec 5: a value that the application replaced or removed is not part of the session any more', () => {
    const bench = new Bench({ a: { n: 1 }, b: { n: 1 } });
    const [a, b] = [bench.held<{ n: number }>('a'), bench.held<{ n: number }>('b')];
    bench.store = {};
    bench.save();
    bench.values.set('a', { n: 9 });
    bench.values.clear();
    a.n = 2;
    b.n = 2;
    bench.save();
    expect(bench.store).toEqual({});
  });

  it('spec 5: a frozen object is replaced by another object with the changes of others', () => {
    const bench = new Bench({ a: { n: 1 } });
    Object.freeze(bench.held('a'));
    bench.other({ a: { n: 2 } });
    bench.save();
    expect(bench.values.get('a')).toEqual({ n: 2 });
    expect(bench.values.snapshot().changes.size).toBe(0);
  });

  it('spec 5: of one object under two keys, only the key that others changed is changed', () => {
    const bench = new Bench({});
    const shared: Json[] = [1];
    bench.values.set('a', shared);
    bench.values.set('b', shared);
    bench.save();
    bench.other({ a: [1, 2] });
    bench.save();
    expect(Object.fromEntries(bench.values.live())).toEqual({ a: [1, 2], b: [1] });
    expect(bench.values.snapshot().changes.size).toBe(0);
    shared.push(3);
    bench.save();
    expect(bench.store.b).toEqual([1, 3]);
    expect(JSON.stringify(bench.store)).toContain('3');
  });

  it('spec 5: a value changed during a save is merged with the changes that others had saved before', () => {
    const bench = new Bench({ cart: { list: ['a'], n: 1, same: 0 } });
    const cart = bench.held<{ list: string[]; n: number; same: number }>('cart');
    bench.other({ cart: { list: ['a', 'theirs'], n: 2, same: 1 } });
    bench.save(() => {
      cart.list.push('mine');
      cart.same = 2;
    });
    expect(bench.values.get('cart')).toEqual({ list: ['a', 'theirs', 'mine'], n: 2, same: 2 });
    bench.save();
    expect(bench.store).toEqual({ cart: { list: ['a', 'theirs', 'mine'], n: 2, same: 2 } });
  });

  it('spec 5: a value set during a save is saved as it was set', () => {
    const bench = new Bench({ cart: { a: 1 } });
    bench.held('cart');
    bench.other({ cart: { a: 1, theirs: 1 } });
    bench.save(() => bench.values.set('cart', { b: 1 }));
    bench.save();
    expect(bench.store).toEqual({ cart: { b: 1 } });
  });

  it('spec 5: a value that is not JSON any more at the end of a save makes the next save fail, naming the key', () => {
    const bench = new Bench({ list: [1] });
    const list = bench.held<unknown[]>('list');
    bench.other({ list: [1, 2] });
    bench.save(() => list.push(1n));
    expect(() => bench.values.snapshot().changes).toThrow(/session key "list"/);
  });

  it('spec 5: a key named __proto__ stays data when values are merged', () => {
    const bench = new Bench(JSON.parse('{"a":{"__proto__":{"x":1}}}'));
    bench.held('a');
    bench.other(JSON.parse('{"a":{"__proto__":{"x":2},"y":1}}'));
    bench.save();
    expect(JSON.stringify(bench.values.get('a'))).toBe('{"__proto__":{"x":2},"y":1}');
    expect(Object.getPrototypeOf(bench.values.get('a'))).toBe(Object.prototype);
  });
});

describe('spec 5: whatever one request and others do to a session', () => {
  const keys = ['a', 'b'];
  const step = fc.record({
    act: fc.constantFrom('hold', 'mark', 'mark', 'other', 'remove', 'blank', 'shift', 'begin', 'end'),
    key: fc.constantFrom(...keys),
    which: fc.nat(20),
  });
  const { tree } = fc.letrec<{ tree: Tree; part: Json }>((tie) => ({
    tree: fc.oneof(
      fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('part'), { maxKeys: 3 }),
      fc.array(tie('part'), { maxLength: 3 }),
    ),
    part: fc.oneof({ maxDepth: 3 }, fc.constant(0), tie('tree')),
  }));

  it('no change in place is lost, and no earlier change of others', () => {
    fc.assert(
      fc.property(fc.record({ a: tree, b: tree }), fc.array(step, { maxLength: 30 }), (data, steps) => {
        play(data as JsonObject, steps);
      }),
      { numRuns: 1000 },
    );
  });

  /** Marks are unique: `m…` of the application, `o…` of others. */
  function play(data: JsonObject, steps: { act: string; key: string; which: number }[]): void {
    const bench = new Bench(data);
    const held: Tree[] = [];
    let unsaved: string[] = [];
    let snapshot: Snapshot | null = null;
    let written: JsonObject | null = null;
    let othersCame = false;
    let markedInFlight = false;
    let count = 0;
    const begin = () => {
      const before = marksIn(bench.store, 'o');
      snapshot = bench.values.snapshot();
      bench.store = applyChanges(bench.store, snapshot.changes);
      expect(marksIn(bench.store, 'm')).toEqual(expect.arrayContaining(unsaved));
      if (!othersCame && !markedInFlight) expect(marksIn(bench.store, 'o')).toEqual(before);
      unsaved = [];
      written = copy(bench.store);
      othersCame = false;
      markedInFlight = false;
    };
    const end = () => {
      if (written === null || snapshot === null) return;
      bench.values.rebase(written, snapshot);
      if (!markedInFlight) {
        expect(bench.values.snapshot().changes.size).toBe(0);
        expect(Object.fromEntries(bench.values.live())).toEqual(written);
      }
      written = null;
    };
    const act: Record<string, (key: string, which: number) => void> = {
      hold(key, which) {
        const parts = treesIn(bench.values.get(key));
        if (parts.length > 0) held.push(parts[which % parts.length] as Tree);
      },
      mark(_, which) {
        if (held.length === 0) return;
        const name = `m${count++}`;
        mark(held[which % held.length] as Tree, name);
        unsaved.push(name);
        if (written !== null) markedInFlight = true;
      },
      other: (key, which) => change(key, which, (part) => mark(part, `o${count++}`)),
      remove: (key, which) =>
        change(key, which, (part) => (Array.isArray(part) ? part.pop() : delete part.x)),
      shift: (key, which) =>
        change(key, which, (part) => (Array.isArray(part) ? part.shift() : delete part.y)),
      blank: (key, which) =>
        change(key, which, (part) => {
          if (!Array.isArray(part) && 'x' in part) part.x = 0;
        }),
      begin: () => written ?? begin(),
      end,
    };
    function change(key: string, which: number, how: (part: Tree) => unknown): void {
      const data = copy(bench.store);
      const parts = treesIn(data[key]);
      if (parts.length === 0) return;
      how(parts[which % parts.length] as Tree);
      bench.store = data;
      othersCame = true;
    }
    for (const { act: name, key, which } of steps) act[name]?.(key, which);
    end();
    begin();
  }

  function mark(part: Tree, name: string): void {
    if (Array.isArray(part)) part.push(name);
    else part[name] = 1;
  }

  function marksIn(data: JsonObject, kind: string): string[] {
    return [...JSON.stringify(data).matchAll(/"([mo]\d+)"/g)]
      .map(([, name = '']) => name)
      .filter((name) => name.startsWith(kind))
      .sort();
  }

  function treesIn(value: Json | undefined): Tree[] {
    if (typeof value !== 'object' || value === null) return [];
    return [value as Tree, ...Object.values(value).flatMap(treesIn)];
  }
});

describe('spec 5: through the session itself', () => {
  it.each<[string, (visit: Awaited<ReturnType<typeof visitWithCart>>['visit']) => Promise<unknown>]>([
    ['an update', ({ session }) => session.update('views', () => 1)],
    ['an update of the same key', ({ session }) => session.update('cart', (cart) => cart ?? null)],
    ['a save', ({ session }) => session.set('views', 1).save()],
    ['a trail', (visit) => trail(visit).add('FrontPage')],
    ['a rotation', ({ session }) => session.rotate()],
  ])('spec 5: a change in place after %s is saved, with what others saved', async (_, between) => {
    const { browser, visit } = await visitWithCart();
    const cart = visit.session.get('cart') as unknown as string[];
    await browser.visit({}, (session) => session.set('cart', ['theirs']));
    await between(visit);
    cart.push('mine');
    expect(visit.session.get('cart')).toBe(cart);
    browser.receive(await visit.commit());
    expect((await browser.visit()).session.get('cart')).toEqual(['theirs', 'mine']);
  });

  it('spec 5: a rotation fails for a value that was changed in place into something that is not JSON', async () => {
    const { visit } = await visitWithCart();
    (visit.session.get('cart') as unknown as unknown[]).push(() => {});
    await expect(visit.session.rotate()).rejects.toThrow(/session key "cart"/);
  });

  async function visitWithCart() {
    const browser = await visitorWith(makeSite(), 'a', '1');
    await browser.visit({}, (session) => session.set('cart', []));
    return { browser, visit: await browser.begin() };
  }
});

it("spec 5: update() returns the session's own value: a change made in it is saved", async () => {
  const site = makeSite();
  const visitor = await visitorWith(site, 'cart', 'apple');
  await visitor.visit({}, async (session) => {
    const list = (await session.update('list', () => [1])) as number[];
    list.push(2);
  });
  expect((await visitor.visit()).session.get('list' as never)).toEqual([1, 2]);
});
