import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import express from 'express';
import session from 'express-session';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/base/clock.js';
import { idOf } from '../../../src/session/cookie/token.js';
import { MoinStore } from '../../../src/web/express-session/store.js';
import { onlyRecord } from '../../aid/records.js';
import { WatchedStore } from '../../aid/watched-store.js';
import { listen } from '../../aid/web/listen.js';

const START = Date.UTC(2026, 0, 1);
let now: number;
let base: WatchedStore;
let store: MoinStore;

beforeEach(() => {
  now = START;
  base = new WatchedStore();
  store = new MoinStore(base, { clock: () => now });
});

const data = (more: object = {}) => ({
  cookie: { originalMaxAge: HOUR, expires: new Date(now + HOUR) },
  ...more,
});

it.each<[object, string]>([
  [{ cookieLifetme: 3 }, 'there is no option "cookieLifetme" (did you mean'],
  [{ user: 5 }, 'option user must be a function'],
  [{ durability: 'fsinc' }, 'option durability must be process or fsync'],
])('an option that is none is refused at once: %j', (options, message) => {
  expect(() => new MoinStore(base, options as never)).toThrow(message);
});

it('opens the store first, once; after a failure the next operation tries again', async () => {
  let opened = 0;
  const opening = Object.assign(base, {
    open: async () => {
      if (++opened === 1) throw new Error('not yet');
    },
  });
  store = new MoinStore(opening, { clock: () => now });
  await expect(store.set('a', data())).rejects.toThrow('not yet');
  await Promise.all([store.set('a', data()), store.get('b')]);
  expect(opened).toBe(2);
});

/** Resolves when the store emits `save-dropped`. */
const dropped = () => once(store, 'save-dropped');

describe('operations without a callback', () => {
  it('return promises of what the callback would get', async () => {
    await store.set('a', data({ x: 1 }));
    expect(await store.get('a')).toMatchObject({ x: 1 });
    expect(await store.get('nobody')).toBeUndefined();
    expect(await store.length()).toBe(1);
    expect(await store.all()).toMatchObject([{ x: 1, id: idOf('a') }]);
    expect((await store.load('a')).save).toBeTypeOf('function');
    now += MINUTE;
    await store.touch('a', data());
    expect(await onlyRecord(base)).toMatchObject({ seen: now });
    await store.destroy('a');
    await store.set('b', data());
    await store.clear();
    expect(await store.length()).toBe(0);
  });

  it('reject with the error of the store, and with that of a session that is none', async () => {
    base.broken = true;
    await expect(store.set('a', data())).rejects.toThrow('the disk is full');
    base.unreachable = true;
    await expect(store.get('a')).rejects.toThrow('out of reach');
    await expect(store.load('a')).rejects.toThrow('out of reach');
    await expect(store.set('a', null)).rejects.toThrow('this is no session');
    await expect(store.touch('a', 'text')).rejects.toThrow('this is no session');
    const circle: Record<string, unknown> = data();
    circle.self = circle;
    await expect(store.set('a', circle)).rejects.toThrow('circular');
    await expect(store.get(undefined as never)).rejects.toThrow(TypeError);
  });

  it('with a callback, errors go there, and the promise does not reject', async () => {
    base.unreachable = true;
    const errors: unknown[] = [];
    await store.get('a', (error) => errors.push(error));
    await new Promise(process.nextTick);
    expect(errors).toEqual([expect.objectContaining({ message: 'the store is out of reach' })]);
  });

  it('promisify gives promises, as express-openid-connect takes them', async () => {
    await promisify<string, object, void>(store.set.bind(store))('a', data({ x: 1 }));
    expect(await promisify(store.get.bind(store))('a')).toMatchObject({ x: 1 });
    base.unreachable = true;
    await expect(promisify(store.get.bind(store))('a')).rejects.toThrow('out of reach');
  });

  it.each(['destroy', 'regenerate'] as const)(
    'req.session.%s() without a callback that fails warns, and the server lives',
    async (method) => {
      const app = express();
      app.use(session({ store, secret: 'x', resave: false, saveUninitialized: true }));
      app.get('/', (request, response) => {
        base.before = (call) => {
          if (call === 'delete') throw new Error(`no ${method}`);
        };
        (request.session as unknown as Record<typeof method, () => void>)[method]();
        response.send('ended');
      });
      const warned = new Promise((resolve) => {
        process.on('warning', function note({ message }: Error) {
          if (!message.includes(`no ${method}`)) return;
          process.off('warning', note);
          resolve(message);
        });
      });
      const running = await listen(createServer(app));
      expect(await (await fetch(running.origin)).text()).toBe('ended');
      expect(await warned).toBe(
        `req.session.${method}() failed, and the session lives on: no ${method}; give ${method} a callback to handle this`,
      );
      await running.close();
    },
  );

  it('regenerate gives a promise, too: another sid, and the session of before has ended', async () => {
    const app = express();
    app.use(session({ store, secret: 'x', resave: false, saveUninitialized: true }));
    app.get('/', async (request, response) => {
      const before = (request as unknown as { sessionID: string }).sessionID;
      await store.regenerate(request);
      response.json([before, (request as unknown as { sessionID: string }).sessionID]);
    });
    const running = await listen(createServer(app));
    const [before, after] = (await (await fetch(running.origin)).json()) as string[];
    expect(before).not.toBe(after);
    expect((await onlyRecord(base)).id).toBe(idOf(after as string));
    await running.close();
  });
});

describe('what all gives and destroy takes', () => {
  it('destroy ends the sessions that all lists, each by its id', async () => {
    await store.set('a', data());
    await store.set('b', data());
    const late = await store.load('a');
    for (const { id } of await store.all()) await store.destroy(id);
    expect(await store.length()).toBe(0);
    const drop = dropped();
    await store.set('a', Object.assign(late, { x: 1 }));
    expect((await drop)[0]).toMatchObject({ id: idOf('a') });
    expect(await store.get('a')).toBeUndefined();
  });

  it('a stolen list opens nothing: get, load, set and touch take no id (spec 2)', async () => {
    await store.set('secret', data({ x: 1 }));
    const id = idOf('secret');
    expect(await store.get(id)).toBeUndefined();
    expect(await store.load(id)).toBeUndefined();
    await store.set(id, data({ x: 'planted' }));
    now += MINUTE;
    await store.touch(id, data());
    expect(await store.get('secret')).toMatchObject({ x: 1 });
    expect(await base.find(id)).toMatchObject({ seen: START });
  });

  it('a sid that looks like an id is a sid first: destroy ends its session, and not the one of that id', async () => {
    const sid = idOf('other');
    await store.set('other', data({ of: 'other' }));
    await store.set(sid, data({ of: 'sid' }));
    await store.destroy(sid);
    expect(await store.get(sid)).toBeUndefined();
    expect(await store.get('other')).toMatchObject({ of: 'other' });
  });

  it.each(['', '__proto__', '../../etc/passwd', '\0', '\ud800', 'ä', 'x'.repeat(1_000_000), '0'.repeat(31)])(
    'a hostile sid is a sid as any other (I6): %.20s',
    async (sid) => {
      await store.set('other', data({ of: 'other' }));
      await store.set(sid, data({ of: 'sid' }));
      expect(await store.get(sid)).toMatchObject({ of: 'sid' });
      await store.touch(sid, data());
      await store.destroy(sid);
      expect(await store.get(sid)).toBeUndefined();
      expect(await store.get('other')).toMatchObject({ of: 'other' });
    },
  );

  it('data with names of prototypes are plain data', async () => {
    await store.set(
      'a',
      JSON.parse('{"cookie":{"__proto__":{"expires":1}},"__proto__":{"user":1},"constructor":2}'),
    );
    const got = await store.get('a');
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(Object.hasOwn(got, 'constructor')).toBe(true);
    expect(Object.hasOwn(got, '__proto__')).toBe(true);
    expect(await onlyRecord(base)).toMatchObject({ kind: 'anonymous', cookieExpires: START + 12 * HOUR });
  });

  it('destroy of an id without a session leaves no trace under that id (I6)', async () => {
    await store.destroy('0'.repeat(32));
    expect(await base.tombstone('0'.repeat(32))).toBeNull();
  });
});

describe('cookie.expires', () => {
  it.each([
    ['a date', () => new Date(START + MINUTE), new Date(START + MINUTE).toISOString()],
    ['a text', () => new Date(START + MINUTE).toISOString(), new Date(START + MINUTE).toISOString()],
    ['ms, as express-openid-connect sends', () => START + MINUTE, START + MINUTE],
  ])('as %s ends the session', async (_, expires, given) => {
    await store.set('a', { cookie: { expires: expires() } });
    expect(await onlyRecord(base)).toMatchObject({
      cookieExpires: START + MINUTE,
      expires: START + MINUTE + HOUR,
    });
    expect((await store.get('a')).cookie.expires).toBe(given);
    now += MINUTE;
    expect(await store.get('a')).toBeUndefined();
  });

  it.each([
    null,
    undefined,
    '',
    'garbage',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    8.64e15,
    true,
    {},
    [],
  ])('as %j counts as none: cookieLifetime counts', async (expires) => {
    await store.set('a', { cookie: { expires } });
    expect(await onlyRecord(base)).toMatchObject({ cookieExpires: START + 12 * HOUR });
  });

  it('a session without a cookie lasts for cookieLifetime, and gets a cookie with get', async () => {
    await store.set('a', { x: 1 });
    expect(await store.get('a')).toEqual({ x: 1, cookie: { originalMaxAge: null, expires: null } });
  });
});

describe('a sid that comes again', () => {
  it('after destroy, the save of a new session fails with the remedy', async () => {
    await store.set('same', data({ user: 'before' }));
    await store.destroy('same');
    const drop = dropped();
    await expect(store.set('same', data())).rejects.toThrow(
      /stays so for an hour; have 'genid' return a new/,
    );
    expect((await drop)[0]).toMatchObject({ id: idOf('same') });
    now += HOUR + MINUTE;
    await store.set('same', data({ user: 'after' }));
    expect(await store.get('same')).toMatchObject({ user: 'after' });
  });

  it('the error names the digest, and not the sid, which opens sessions', async () => {
    await store.destroy('secret-sid');
    const error = await store.set('secret-sid', data()).catch((error: Error) => error);
    expect(String(error)).toContain(idOf('secret-sid'));
    expect(String(error)).not.toContain('secret-sid');
  });

  it('an operator who ended the session counts as well', async () => {
    await store.set('same', data());
    await base.update(idOf('same'), (record) => ({
      ...record,
      expires: now,
      cookieExpires: now - HOUR,
      ended: { at: now, by: 'administrator' },
    }));
    await expect(store.set('same', data())).rejects.toThrow("have 'genid' return a new");
  });

  it('after its time was over it begins anew, and a request of before does not write into it (I2)', async () => {
    await store.set('same', data({ of: 'before' }));
    const late = await store.load('same');
    now += HOUR + 1;
    await store.set('same', data({ of: 'after' }));
    expect(await onlyRecord(base)).toMatchObject({ created: now, data: { of: 'after' } });
    const drop = dropped();
    await store.set('same', Object.assign(late, { late: true }));
    await drop;
    expect(await store.get('same')).not.toHaveProperty('late');
  });

  it('I2: a late save around the data of a loaded session is dropped without an error, as one of that session', async () => {
    await store.set('a', { ...data(), header: { iat: 1 }, data: { token: 'x' } });
    const loaded = await store.get('a');
    await store.destroy('a');
    const drop = dropped();
    await store.set('a', { ...data(), header: { iat: 2 }, data: loaded.data });
    await drop;
    expect(await store.get('a')).toBeUndefined();
  });

  it('with a genid that repeats itself, the request after a logout fails and says why', async () => {
    store = new MoinStore(base);
    const app = express();
    app.use(session({ store, secret: 'x', resave: false, saveUninitialized: true, genid: () => 'same' }));
    app.get('/', (_request, response) => void response.send('in'));
    app.get('/out', ({ session }, response) => {
      (session as unknown as { destroy(done: () => void): void }).destroy(() => response.send('out'));
    });
    const errors: unknown[] = [];
    app.use(((error, _request, _response, _next) => errors.push(error)) as express.ErrorRequestHandler);
    const running = await listen(createServer(app));
    await fetch(`${running.origin}/`);
    await fetch(`${running.origin}/out`);
    await fetch(`${running.origin}/`);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("'genid'") })]);
    await running.close();
  });
});
