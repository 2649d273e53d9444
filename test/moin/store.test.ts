import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, StoreError } from '../../src/base/errors.js';
import { createSessions, openStore } from '../../src/index.js';
import { isMoinStore } from '../../src/moin/is-moin-store.js';
import { MoinStore } from '../../src/moin/store.js';
import { SessionLookup } from '../../src/session/admin/lookup.js';
import { locationOf } from '../../src/store/location.js';
import { MemoryStore } from '../../src/store/memory.js';
import { MoinStore as ExpressSessionStore } from '../../src/web/express-session/store.js';
import { temporaryFolder } from '../aid/folder.js';
import { idOf, NewWiki } from '../aid/moin/new-wiki.js';
import { aRecord } from '../aid/records.js';

const HEX = '0123456789abcdef0123456789abcdef01234567';
const ALICE = '1795397431.64.10246';
const BOB = '1795397283.2.54850';

describe('spec 8: the address of a wiki', () => {
  it('opens its store; a relative path starts from the folder of the configuration', async () => {
    const { data } = new NewWiki('1.9');
    for (const where of [`moin:${data}`, `MOIN:${data}/`, `moin:${relative(process.cwd(), data)}`]) {
      const store = await openStore(where);
      expect(store.location).toBe(`moin:${data}`);
      expect(isMoinStore(store)).toBe(true);
    }
    const store = await openStore(`moin:${basename(data)}`, { resolveFrom: dirname(data) });
    expect(store.location).toBe(`moin:${data}`);
    expect(locationOf(`moin:${basename(data)}`, dirname(data))).toBe(store.location);
    expect(new MoinStore(pathToFileURL(data)).location).toBe(store.location);
  });

  it('takes the settings of the wiki, checked', async () => {
    const { data } = new NewWiki('1.6');
    const wiki = { user_dir: '/srv/wiki/data/user', superuser: ['AdminUser'] };
    const store = await openStore(`moin:${data}`, { wiki });
    expect(isMoinStore(store) && store.settings).toEqual(wiki);
    await expect(openStore(`moin:${data}`, { wiki: { superuser: 'x' } as never })).rejects.toThrow(
      /superuser/,
    );
    const wrong = await openStore(`moin:${data}`, { wiki: { cookie_name: 'x' } });
    await expect(wrong.open?.()).rejects.toThrow(/cookie_name .*1\.9/);
    await expect(openStore('memory:', { wiki: {} })).rejects.toThrow(/option wiki .*leave it out/);
  });

  it('a wiki must exist, even where another store need not', async () => {
    const dir = temporaryFolder();
    const store = await openStore(`moin:${dir}`, { mustExist: false });
    await expect(store.open?.()).rejects.toThrow(StoreError);
    await expect(store.find(idOf('x'))).rejects.toThrow(/no MoinMoin wiki in/);
    expect(() => store.scan()).toThrow(/no MoinMoin wiki in/);
    mkdirSync(join(dir, 'data/cache/__session__'), { recursive: true });
    await store.open?.();
    expect(await store.find(idOf('x'))).toBeNull();
  });

  it('refuses what is for other stores', async () => {
    await expect(openStore('moin:')).rejects.toThrow(/no path/);
    await expect(openStore('moin:  ')).rejects.toThrow(/no path/);
    await expect(openStore('moin:x', { durability: 'fsync' })).rejects.toThrow(
      /durability .*leave the option out/,
    );
  });

  it('read-only, its methods that would write throw', async () => {
    const wiki = new NewWiki('1.9');
    const id = wiki.session(HEX, { a: 1n });
    const store = await openStore(`moin:${wiki.data}`, { readOnly: true });
    for (const write of [() => store.update(id, () => null), () => store.delete(id), () => store.sweep(0)])
      await expect(write()).rejects.toThrow(/for reading only/);
    expect((await store.find(id))?.data).toEqual({ a: 1 });
  });
});

describe('spec 8: a wiki takes no sessions of an application', () => {
  it('createSessions and the store of express-session refuse it up front, with the remedy', () => {
    const { data } = new NewWiki('1.9');
    const remedy = /MoinMoin wiki.*copy --to file:DIR/;
    for (const store of [`moin:${data}`, `MOIN:${data}`, new MoinStore(data)]) {
      expect(() => createSessions({ store })).toThrow(ConfigurationError);
      expect(() => createSessions({ store })).toThrow(remedy);
      expect(() => new ExpressSessionStore(store)).toThrow(remedy);
    }
    expect(() => createSessions({ store: new MemoryStore(), secrets: 'x'.repeat(32) })).not.toThrow();
  });

  it('create throws', async () => {
    const { data } = new NewWiki('1.9');
    await expect(new MoinStore(data).create(aRecord('a'))).rejects.toThrow(ConfigurationError);
  });
});

describe('isMoinStore', () => {
  it('tells a wiki from other stores, and takes anything', () => {
    const { data } = new NewWiki('1.9');
    expect(isMoinStore(new MoinStore(data))).toBe(true);
    for (const other of [new MemoryStore(), null, undefined, 'moin:x', 1, {}, () => {}])
      expect(isMoinStore(other)).toBe(false);
  });
});

describe('spec 2: the state of sessions of a wiki', () => {
  it('those of users who are disabled or gone are refused, and inspect says why', async () => {
    const wiki = new NewWiki('1.9');
    wiki.user(ALICE, { name: 'alice', disabled: '1' });
    const expires = BigInt(Math.floor(Date.now() / 1000) + 3600);
    const content = (userId: string) => ({ 'user.id': userId, 'user.auth_method': 'given', expires });
    const [alices, bobs] = [
      wiki.session(HEX, content(ALICE)),
      wiki.session(HEX.replace('0', '1'), content(BOB)),
    ];
    const store = new MoinStore(wiki.data);
    const lookup = new SessionLookup({ store, users: store.users ?? undefined, clock: Date.now });
    expect(await lookup.get(alices)).toMatchObject({ state: 'refused', refused: 'its user is disabled' });
    expect(await lookup.get(bobs)).toMatchObject({
      state: 'refused',
      userName: BOB,
      refused: expect.stringMatching(/its user is gone/),
    });
    wiki.user(ALICE, { name: 'alice', disabled: '0' });
    expect(await lookup.get(alices)).toMatchObject({ state: 'active', userName: 'alice' });
  });

  it('1.9 has no grace: expired from its expiry on; 1.6 keeps the file for an hour', async () => {
    const at = 1_795_397_434;
    const stateAt = async (store: MoinStore, id: string, ms: number) =>
      (await new SessionLookup({ store, clock: () => ms }).get(id))?.state;
    const new19 = new NewWiki('1.9');
    const id19 = new19.session(HEX, { expires: BigInt(at) });
    const store19 = new MoinStore(new19.data);
    expect(await stateAt(store19, id19, at * 1000 - 1)).toBe('active');
    expect(await stateAt(store19, id19, at * 1000)).toBe('expired');
    const new16 = new NewWiki('1.6');
    const id16 = new16.session('name', { expires: at + 0.5 });
    const store16 = new MoinStore(new16.data);
    expect(await stateAt(store16, id16, (at - 3600) * 1000 + 499)).toBe('active');
    expect(await stateAt(store16, id16, (at - 3600) * 1000 + 500)).toBe('grace');
    expect(await stateAt(store16, id16, at * 1000 + 499)).toBe('grace');
    expect(await stateAt(store16, id16, at * 1000 + 500)).toBe('expired');
  });

  it('without an expiry: in 1.9 expired, with a cookie that opens it for ever; in 1.6 active for ever', async () => {
    const states = { '1.9': 'expired', '1.6': 'active' } as const;
    for (const layout of ['1.9', '1.6'] as const) {
      const wiki = new NewWiki(layout);
      const id = wiki.session(HEX, { trail: ['Page'] });
      const store = new MoinStore(wiki.data);
      const detail = await new SessionLookup({ store, clock: Date.now }).get(id);
      expect(detail).toMatchObject({ state: states[layout], cookieExpires: null, expires: null });
    }
  });

  it('a store through a link to the wiki is the same wiki', async () => {
    const wiki = new NewWiki('1.9');
    const id = wiki.session(HEX, { a: 1n });
    const link = join(temporaryFolder(), 'wiki');
    symlinkSync(wiki.data, link);
    expect((await new MoinStore(link).find(id))?.data).toEqual({ a: 1 });
  });
});
