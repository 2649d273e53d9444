import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, application, missing } from '../aid/compiler.js';
import { need } from '../aid/need.js';

let app: Application;
beforeAll(() => {
  app = application();
});
afterAll(() => app.remove());

/** Types that applications write, and values of them. */
const TYPES = `
  import { moinSession } from 'moin-sessions';
  import type { AnySession, Json, Session } from 'moin-sessions';
  interface Item { sku: string; n: number; note?: string }
  interface Draft { text: string; items: Item[]; tags?: readonly string[]; at: null | { line: number } }
  class Point { constructor(readonly x: number) {} length() { return this.x; } }
  declare const session: Session;
  declare const item: Item;
  declare const draft: Draft;
  declare const maybe: string | undefined;
  declare const anything: unknown;
  declare const json: Json;
`;

const DECLARED = `${TYPES}
  declare module 'moin-sessions' {
    interface SessionValues {
      cart: Item[];
      theme: 'dark' | 'light';
      item: Item;
      pair: [number, string];
      free: Json;
      ids: readonly string[];
      flash: { kind: 'info' | 'error'; text: string }[];
      nested: { list: { kind: 'a' | 'b'; tags?: readonly string[] }[] };
      [draft: \`draft:\${string}\`]: Draft;
    }
  }

  const cart: Item[] | undefined = session.get('cart');
  const text: string | undefined = session.get('draft:7')?.text;
  session.set('cart', [item]).set('cart', []).set('theme', 'dark').set('draft:7', draft).set('pair', [1, 'a']);
  session.set('item', { sku: 'a', n: 1 }).set('item', { sku: 'a', n: 1, note: 'b' }).set('free', draft).set('free', json);
  const added: Promise<Item[]> = session.update('cart', (items) => [...(items ?? []), item]);
  session.set('ids', ['a'] as const).set('ids', ['a', 'b'] as [string, string]).set('ids', ['a'].map(String));
  session.set('flash', [{ kind: 'info', text: 'a' }]).set('nested', { list: [{ kind: 'a', tags: ['b'] as const }] });
  session.update('flash', (flash = []) => [...flash, { kind: 'info', text: 'a' }]);
  session.update('flash', (flash) => (flash ?? []).concat({ kind: 'error', text: 'a' }));
  session.update('nested', () => ({ list: [{ kind: 'b' }] }));
  session.update('theme', (theme) => (theme === 'dark' ? 'light' : 'dark'));
  session.update('ids', (ids = []) => ['a', ...ids] as const);
  session.has('cart') || session.delete('draft:7');
  void session.rotate({ leave: ['cart', 'trail'] });
  moinSession({ leave: ['cart'] });
  console.log(cart, text, added);

  // Keys that are known at run time only, and those that this program does not declare.
  const open: AnySession = session;
  const value: Json | undefined = open.get('misspelt');
  open.set('another', draft).delete(String(value));
  // @ts-expect-error: a value that JSON cannot hold
  open.set('another', new Date());

  // @ts-expect-error
  session.get('misspelt');
  // @ts-expect-error
  session.set('misspelt', 1);
  // @ts-expect-error
  session.has('misspelt');
  // @ts-expect-error
  session.delete('misspelt');
  // @ts-expect-error
  session.update('misspelt', () => 1);
  // @ts-expect-error
  void session.rotate({ leave: ['misspelt'] });
  // @ts-expect-error
  moinSession({ leave: ['misspelt'] });
  // @ts-expect-error: 'trail' and 'setuid' are the library's own: see trail() and changeUser()
  session.set('trail', []);
  // @ts-expect-error
  session.set('theme', 'blue');
  // @ts-expect-error
  session.set('draft:7', { text: 'no items' });
  // @ts-expect-error
  session.update('theme', () => 'blue');
  // @ts-expect-error
  session.update('cart', async () => []);
  // @ts-expect-error: a field that the type does not have, so it is likely misspelt
  session.set('item', { sku: 'a', n: 1, nte: 'b' });
  // @ts-expect-error: the same, deeper
  session.set('cart', [{ sku: 'a', n: 1, nte: 'b' }]);
  // @ts-expect-error: an optional field that is undefined, also without exactOptionalPropertyTypes
  session.set('item', { sku: 'a', n: 1, note: undefined });
  // @ts-expect-error
  session.set('item', { sku: 'a', n: 1, note: maybe });
  // @ts-expect-error
  session.update('item', () => ({ sku: 'a', n: 1, note: maybe }));
  // @ts-expect-error
  session.set('free', { at: new Date() });
  // @ts-expect-error
  session.set('ids', [1, 'a'] as const);
  // @ts-expect-error
  session.set('pair', [1, 'a', 2] as const);
  // @ts-expect-error: a field that the type does not have, in a tuple
  session.set('cart', [{ sku: 'a', n: 1, nte: 'b' }] as [{ sku: string; n: number; nte: string }]);
  // @ts-expect-error: the same, in the result of a function
  session.update('cart', () => [{ sku: 'a', n: 1, nte: 'b' }]);
  // @ts-expect-error
  session.update('flash', (flash = []) => [...flash, { kind: 'warning', text: 'a' }]);
  // @ts-expect-error
  session.update('free', () => ({ at: new Date() }));
  // @ts-expect-error
  session.update('free', () => {});
`;

const UNDECLARED = `${TYPES}
  const value: Json | undefined = session.get('any');
  session.set('item', item).set('draft', draft).set('list', [item, draft]).set('json', json).set('text', 'x');
  session.set('deep', { list: [1, 'two', null, { draft }] }).set('none', null).set('flag', true);
  const updated: Promise<Json> = session.update('item', () => item);
  session.update('n', (n) => Number(n ?? 0) + 1);
  session.delete('any');
  console.log(value, updated);

  // @ts-expect-error
  session.set('a', undefined);
  // @ts-expect-error
  session.set('a', maybe);
  // @ts-expect-error
  session.set('a', () => {});
  // @ts-expect-error
  session.set('a', new Date());
  // @ts-expect-error
  session.set('a', { at: new Date() });
  // @ts-expect-error
  session.set('a', [new Point(1)]);
  // @ts-expect-error
  session.set('a', new Map([['a', 1]]));
  // @ts-expect-error
  session.set('a', 1n);
  // @ts-expect-error
  session.set('a', { n: 1n });
  // @ts-expect-error
  session.set('a', Symbol('s'));
  // @ts-expect-error
  session.set('a', { ...item, note: undefined });
  // @ts-expect-error
  session.set('a', { note: maybe });
  // @ts-expect-error
  session.set('a', anything);
  // @ts-expect-error
  session.update('a', () => undefined);
  // @ts-expect-error
  session.update('a', async () => 1);
`;

const EXACT = `${TYPES}
  declare const loose: { note?: string | undefined };
  // @ts-expect-error
  session.set('a', loose);
`;

const INDEX = `${TYPES}
  declare module 'moin-sessions' {
    interface SessionValues { cart: string[]; [key: string]: Json }
  }
  const cart: string[] | undefined = session.get('cart');
  const other: Json | undefined = session.get('other');
  session.set('other', draft);
  // @ts-expect-error
  session.set('cart', [1]);
  console.log(cart, other);
`;

const exact = { exactOptionalPropertyTypes: true };
const PROGRAMS = [
  ['declared keys and templates of keys', DECLARED, {}],
  ['declared keys, with exact optional fields', DECLARED, exact],
  ['no declared keys', UNDECLARED, {}],
  ['no declared keys, with exact optional fields', UNDECLARED, exact],
  ['an optional field that may be undefined, with exact optional fields', EXACT, exact],
  ['an index signature beside declared keys', INDEX, {}],
] as const;

describe.each(['typescript', 'typescript54'])('spec 5: the types of keys and values, with %s', (version) => {
  it.for(PROGRAMS)('%s', { timeout: 300_000 }, ([, program, more], context) => {
    need(context, missing(version));
    expect(app.compile(version, program, { ...more, skipLibCheck: true })).toBe('');
  });
});

it('the declaration of the library’s guide works as it stands, in a file of its own', () => {
  const guide = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8');
  const [, block = ''] = /^```ts\n(.*\n*declare module 'moin-sessions'[\s\S]*?)^```$/m.exec(guide) ?? [];
  expect(block).toContain('interface SessionValues');
  const program = `import type { Session } from 'moin-sessions';
    declare const session: Session;
    session.set('theme', 'dark').set('cart', [{ sku: 'a' }]);`;
  // The guide leaves it to the application what an item is.
  const declarations = `${block}interface Item { sku: string }`;
  expect(app.compile('typescript', program, { skipLibCheck: true }, declarations)).toBe('');
});

describe('what the compiler says', () => {
  const said = (line: string) => {
    const declared = DECLARED.slice(0, DECLARED.indexOf('const cart'));
    return app.compile('typescript', `${declared}\n${line}`, { skipLibCheck: true });
  };

  it('of a misspelt key: which keys there are', () => {
    expect(said("session.get('crat');")).toMatch(
      /Argument of type '"crat"' is not assignable to parameter of type .*"cart"/,
    );
  });

  it('of a value that JSON cannot hold: what it is, and where', () => {
    expect(said("session.set('free', { at: () => 1 });")).toMatch(/'NotJson<"a function">'/);
    expect(said("session.set('item', { sku: 'a', n: 1, note: maybe });")).toMatch(/NotJson<"undefined">/);
  });

  it('of a field that the type does not have: its name', () => {
    expect(said("session.set('item', { sku: 'a', n: 1, nte: 'b' });")).toMatch(/NotDeclared<"nte">/);
  });
});
