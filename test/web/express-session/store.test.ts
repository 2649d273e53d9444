import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import session from 'express-session';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/base/clock.js';
import { createSessions, defineConfig } from '../../../src/index.js';
import { idOf } from '../../../src/session/cookie/token.js';
import { MoinStore } from '../../../src/web/express-session/store.js';
import { deferred } from '../../aid/deferred.js';
import { temporaryFolder } from '../../aid/folder.js';
import { onlyRecord } from '../../aid/records.js';
import { SECRET } from '../../aid/site.js';
import { WatchedStore } from '../../aid/watched-store.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen, type Running } from '../../aid/web/listen.js';

const START = Date.UTC(2026, 0, 1);
let now: number;
let base: WatchedStore;
let store: MoinStore;

beforeEach(() => {
  now = START;
  base = new WatchedStore();
  store = new MoinStore(base, { clock: () => now });
});

/** A store's operation as a promise. */
function run<T = unknown>(work: (done: (error?: unknown, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    work((error, result) => (error ? reject(error) : resolve(result as T))),
  );
}

const get = (sid: string) =>
  run<Record<string, unknown> | undefined>((done) => store.get(sid, done as never));
const set = (sid: string, data: object) => run((done) => store.set(sid, data, done));
const touch = (sid: string, data: object) => run((done) => store.touch(sid, data, done));
const destroy = (sid: string) => run((done) => store.destroy(sid, done));
const length = () => run<number>((done) => store.length(done));
const load = (sid: string) => run<object>((done) => store.load(sid, done as never));

function cookie(maxAge: number) {
  return { originalMaxAge: maxAge, expires: new Date(now + maxAge), httpOnly: true, path: '/' };
}

describe('the nine operations', () => {
  it('get gives what set stored, with the cookie as express-session wants it', async () => {
    await set('sid', { cookie: cookie(HOUR), a: 1, list: [1] });
    expect(await get('sid')).toEqual({
      a: 1,
      list: [1],
      cookie: { ...cookie(HOUR), expires: new Date(START + HOUR).toISOString() },
    });
  });

  it('get of an unknown id returns nothing, and no error', async () => {
    expect(await get('nobody')).toBeUndefined();
  });

  it('set of a known id replaces all; destroy ends; length counts; clear empties', async () => {
    await set('a', { cookie: cookie(HOUR), one: 1 });
    await set('a', { cookie: cookie(HOUR), two: 2 });
    await set('b', { cookie: cookie(HOUR) });
    expect(await get('a')).not.toHaveProperty('one');
    expect(await get('a')).toMatchObject({ two: 2 });
    expect(await length()).toBe(2);
    await destroy('a');
    await destroy('never there');
    expect(await get('a')).toBeUndefined();
    expect(await length()).toBe(1);
    await run((done) => store.clear(done));
    expect(await length()).toBe(0);
  });

  it('all gives the active sessions, with the id that the command line shows', async () => {
    await set('a', { cookie: cookie(HOUR), x: 1 });
    await set('short', { cookie: cookie(MINUTE), x: 2 });
    now += 2 * MINUTE;
    const all = await run<object[]>((done) => store.all(done as never));
    expect(all).toEqual([expect.objectContaining({ id: idOf('a'), x: 1 })]);
  });

  it('load and createSession give a session with its methods', async () => {
    await set('sid', { cookie: cookie(HOUR), x: 1 });
    const loaded = (await load('sid')) as { x: number; cookie: { maxAge: number }; save: unknown };
    expect(loaded.x).toBe(1);
    expect(loaded.save).toBeTypeOf('function');
    await expect(load('nobody')).resolves.toBeUndefined();
  });

  it('the store has only the digest of the id (spec 2)', async () => {
    await set('secret-sid', { cookie: cookie(HOUR) });
    const record = await onlyRecord(base);
    expect(record.id).toBe(idOf('secret-sid'));
    expect(record.client).toBeNull();
    expect(JSON.stringify(record)).not.toContain('secret-sid');
  });

  it('the cookie sets the end of a session; a cookie without an end lasts for cookieLifetime', async () => {
    await set('a', { cookie: cookie(MINUTE) });
    expect(await onlyRecord(base)).toMatchObject({
      cookieExpires: START + MINUTE,
      expires: START + MINUTE + HOUR,
    });
    now += MINUTE;
    expect(await get('a')).toBeUndefined();
    await run((done) => store.clear(done));
    await set('b', { cookie: { originalMaxAge: null, expires: null } });
    expect(await onlyRecord(base)).toMatchObject({ cookieExpires: now + 12 * HOUR });
  });

  it('errors of the store go to the callback', async () => {
    base.broken = true;
    await expect(set('a', { cookie: cookie(HOUR) })).rejects.toThrow('the disk is full');
  });

  it('I4: an unreadable record opens no session, and stays', async () => {
    base.putBytes(idOf('a'), '{"half');
    expect(await get('a')).toBeUndefined();
    await expect(base.find(idOf('a'))).rejects.toThrow('unreadable');
  });

  it('the default store is .moin-sessions, as in a configuration without a store', async () => {
    const before = process.cwd();
    const folder = temporaryFolder();
    process.chdir(folder);
    try {
      store = new MoinStore(defineConfig({}).store, { clock: () => now });
      await set('a', { cookie: cookie(HOUR) });
      expect(await length()).toBe(1);
      expect(existsSync(join(folder, '.moin-sessions'))).toBe(true);
    } finally {
      process.chdir(before);
    }
  });

  it('an invalid lifetime throws at once', () => {
    expect(() => new MoinStore(base, { cookieLifetime: 0 })).toThrow('cookieLifetime');
  });
});

describe('invariants', () => {
  it('I1: two requests that change different values both keep their changes, and a removal stays', async () => {
    await set('sid', { cookie: cookie(HOUR), kept: 0, removed: 0 });
    const one = (await load('sid')) as Record<string, unknown>;
    const two = (await load('sid')) as Record<string, unknown>;
    one.one = 1;
    delete one.removed;
    two.two = 2;
    await set('sid', one);
    await set('sid', two);
    two.three = 3;
    await set('sid', two);
    const { cookie: _, ...data } = (await get('sid')) as Record<string, unknown>;
    expect(data).toEqual({ kept: 0, one: 1, two: 2, three: 3 });
  });

  it('I2: a late save or touch does not bring back a destroyed session; it emits save-dropped', async () => {
    await set('sid', { cookie: cookie(HOUR), x: 1 });
    const late = (await load('sid')) as Record<string, unknown>;
    await destroy('sid');
    const dropped = once(store, 'save-dropped');
    late.x = 2;
    await set('sid', late);
    await touch('sid', late);
    expect((await dropped)[0]).toMatchObject({ id: idOf('sid') });
    expect(await get('sid')).toBeUndefined();
  });

  it('I2: a late save does not bring back a session that was purged without a tombstone, or has expired', async () => {
    await set('sid', { cookie: cookie(MINUTE), x: 1 });
    const late = (await load('sid')) as object;
    now += MINUTE + HOUR;
    Object.assign(late, { cookie: cookie(HOUR) });
    await touch('sid', late);
    await set('sid', late);
    expect(await get('sid')).toBeUndefined();
    await base.delete(idOf('sid'));
    await set('sid', late);
    expect(await base.find(idOf('sid'))).toBeNull();
  });

  it.each(['touch', 'save'])(
    'I2: a session that expired while a %s waited for its turn is not brought back',
    async (late) => {
      await set('sid', { cookie: cookie(MINUTE), x: 1 });
      const data = Object.assign((await load('sid')) as object, { cookie: cookie(2 * HOUR), x: 2 });
      const { reached, open } = base.hold();
      const waiting = late === 'touch' ? touch('sid', data) : set('sid', data);
      await reached;
      now += MINUTE + HOUR;
      open();
      await waiting;
      expect(await onlyRecord(base)).toMatchObject({ cookieExpires: START + MINUTE, data: { x: 1 } });
    },
  );

  it('I1: a second save of a request does not undo what another request saved in between', async () => {
    await set('sid', { cookie: cookie(HOUR), x: 0 });
    const one = (await load('sid')) as Record<string, unknown>;
    const two = (await load('sid')) as Record<string, unknown>;
    one.x = 1;
    await set('sid', one);
    two.x = 2;
    await set('sid', two);
    one.y = 1;
    await set('sid', one);
    expect(await get('sid')).toMatchObject({ x: 2, y: 1 });
  });

  it('I2: a session that a request created and saved is not created again after it was ended', async () => {
    const made = { cookie: cookie(HOUR), x: 1 };
    await set('sid', made);
    await base.delete(idOf('sid'));
    await set('sid', Object.assign(made, { x: 2 }));
    expect(await base.find(idOf('sid'))).toBeNull();
  });

  it('a touch updates the times and does not write old data back (wish 5)', async () => {
    await set('sid', { cookie: cookie(HOUR), x: 'old' });
    const old = (await load('sid')) as object;
    const other = (await load('sid')) as Record<string, unknown>;
    other.x = 'new';
    await set('sid', other);
    now += 30 * MINUTE;
    await touch('sid', Object.assign(old, { cookie: cookie(HOUR) }));
    expect(await onlyRecord(base)).toMatchObject({
      seen: now,
      cookieExpires: now + HOUR,
      data: { x: 'new' },
    });
    expect(await get('sid')).toMatchObject({
      x: 'new',
      cookie: { expires: new Date(now + HOUR).toISOString() },
    });
  });
});

describe('express-session over a real server', () => {
  let running: Running;
  let browser: HttpBrowser;
  let gate: ReturnType<typeof deferred>;

  beforeEach(async () => {
    gate = deferred();
    const passport = new Passport();
    passport.use(
      new Strategy((username, password, done) =>
        done(null, password === 'alice' ? { id: 1, username } : false),
      ),
    );
    passport.serializeUser((user, done) => done(null, user));
    passport.deserializeUser((user: Express.User, done) => done(null, user));
    const app = express();
    const expressSession = session({
      store,
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: HOUR },
    });
    app.use(expressSession, express.urlencoded({ extended: false }), passport.session());
    app.post('/login', passport.authenticate('local'), (_request, response) => void response.send('in'));
    app.post('/logout', (request, response, next) =>
      request.logout((error) => (error ? next(error) : response.send('out'))),
    );
    app.get('/set/:key', async (request, response) => {
      if (request.query.wait) await gate.promise;
      Object.assign(request.session, { [String(request.params.key)]: true });
      response.send('set');
    });
    app.get('/', (request, response) => {
      const { cookie: _, passport: __, ...data } = request.session as unknown as Record<string, unknown>;
      const { username = null } = (request.user ?? {}) as { username?: string };
      response.json({ user: username, data });
    });
    // express-session compares with the system's time.
    now = Date.now();
    running = await listen(createServer(app));
    browser = new HttpBrowser(running.origin);
  });

  afterEach(() => running.close());

  const logIn = () => browser.post('/login', { username: 'alice', password: 'alice' });

  it('values persist, and a visitor without values costs no record', async () => {
    await browser.fetch('/');
    expect(await run<number>((done) => store.length(done))).toBe(0);
    await browser.fetch('/set/a');
    await browser.fetch('/set/b');
    expect(await browser.json('/')).toEqual({ user: null, data: { a: true, b: true } });
  });

  it('the Passport user is the record’s: list and endUser find it', async () => {
    await logIn();
    expect(await browser.json('/')).toMatchObject({ user: 'alice' });
    const sessions = createSessions({ store: base, secrets: SECRET });
    const found = [];
    for await (const info of sessions.list({ userName: 'alice' })) found.push(info);
    expect(found).toMatchObject([{ kind: 'user', userId: '1', userName: 'alice', state: 'active' }]);
    expect(await sessions.endUser('1')).toMatchObject({ expired: 1 });
    expect(await browser.json('/')).toMatchObject({ user: null });
  });

  it('I1: requests at the same time keep each other’s values', async () => {
    await browser.fetch('/set/a');
    const slow = browser.fetch('/set/slow?wait=1');
    await browser.fetch('/set/quick');
    gate.resolve();
    await slow;
    expect(await browser.json('/')).toMatchObject({ data: { a: true, slow: true, quick: true } });
  });

  it('I2: a request in flight does not undo a logout (wish 1)', async () => {
    await logIn();
    const before = browser.cookie;
    const slow = browser.fetch('/set/late?wait=1');
    await browser.post('/logout', {});
    gate.resolve();
    await slow;
    const thief = await fetch(running.origin, { headers: { cookie: before } });
    expect(await thief.json()).toMatchObject({ user: null });
  });
});
