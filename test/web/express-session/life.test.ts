import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import session from 'express-session';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../../src/base/clock.js';
import { idOf } from '../../../src/session/cookie/token.js';
import { MoinStore } from '../../../src/web/express-session/store.js';
import { onlyRecord } from '../../aid/records.js';
import { WatchedStore } from '../../aid/watched-store.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

/** What express-session gives to a request: any properties, and its methods. */
interface Live {
  [key: string]: unknown;
  id: string;
  cookie: { maxAge: number | null; expires: Date | null; originalMaxAge: number | null };
  save(done: (error?: Error) => void): void;
  reload(done: (error?: Error) => void): void;
  regenerate(done: (error?: Error) => void): void;
  destroy(done: (error?: Error) => void): void;
  touch(): void;
}
type Request = IncomingMessage & { session: Live; sessionID: unknown };
type Handler = (request: Request, response: ServerResponse) => void;

let base: WatchedStore;
let store: MoinStore;
/** Moves on when a test says so; the store's, not that of express-session. */
let later: number;

beforeEach(() => {
  later = 0;
  base = new WatchedStore();
  store = new MoinStore(base, { clock: () => Date.now() + later });
});

const OPTIONS = { secret: 'keyboard cat', resave: true, saveUninitialized: true };

/** A server with express-session alone, and a browser. An error that reaches `next` is a 500 with its message. */
async function serve(options: object, handle: Handler): Promise<{ browser: HttpBrowser; errors: Error[] }> {
  const errors: Error[] = [];
  const middleware = session({ ...OPTIONS, store, ...options });
  const server = createServer((request, response) =>
    middleware(request, response, (error) => {
      if (!error) return handle(request as Request, response);
      errors.push(error as Error);
      if (response.headersSent) return;
      response.statusCode = 500;
      response.end((error as Error).message);
    }),
  );
  const { origin, close } = await listen(server);
  onTestFinished(async () => void (await close()));
  return { browser: new HttpBrowser(origin), errors };
}

const count: Handler = ({ session }, response) => {
  session.count = Number(session.count ?? 0) + 1;
  response.end(String(session.count));
};

async function text(browser: HttpBrowser, path = '/'): Promise<string> {
  return (await browser.fetch(path)).text();
}

/** The names of the events of saves from now on; a touch is none. */
function savesOf(from: MoinStore): string[] {
  const saves: string[] = [];
  for (const name of ['created', 'saved']) from.on(name, () => saves.push(name));
  return saves;
}

/** The calls of the store that write, since the last time that this was asked. */
function writes(): string[] {
  return base.newCalls().filter((call) => ['create', 'update', 'delete'].includes(call));
}

describe('a session of express-session on our store', () => {
  it('is created, loaded by its cookie, and one for each visitor', async () => {
    const { browser } = await serve({}, count);
    expect([await text(browser), await text(browser)]).toEqual(['1', '2']);
    const { browser: other } = await serve({}, count);
    expect(await text(other)).toBe('1');
    expect(await store.length()).toBe(2);
  });

  it('has nothing enumerable but its data and the cookie', async () => {
    const { browser } = await serve({}, ({ session }, response) => {
      Object.assign(session, { a: 1, b: 2 });
      const keys = [];
      for (const key in session) keys.push(key);
      response.end(keys.sort().join());
    });
    expect([await text(browser), await text(browser)]).toEqual(['a,b,cookie', 'a,b,cookie']);
  });

  it('survives names of its own methods among its data', async () => {
    const { browser } = await serve({}, ({ session }, response) => {
      response.end(session.id + typeof session.save);
    });
    const sid = (await text(browser)).replace('function', '');
    await store.set(sid, { ...(await store.get(sid)), save: 'nope', __proto__: null });
    expect(await text(browser)).toBe(`${sid}function`);
  });

  it('an unknown sid gets a new one: after a clear, and when the session is over', async () => {
    const { browser } = await serve({ cookie: { maxAge: MINUTE } }, count);
    await text(browser);
    const first = browser.cookie;
    await store.clear();
    expect(await text(browser)).toBe('1');
    const second = browser.cookie;
    expect(second).not.toBe(first);
    later = MINUTE;
    expect(await store.all()).toEqual([]);
    expect(await text(browser)).toBe('1');
    expect(browser.cookie).not.toBe(second);
  });

  it('a cookie with a bad signature costs no store access', async () => {
    const { browser } = await serve({}, count);
    base.newCalls();
    const forged = { headers: { cookie: 'connect.sid=s%3Aapple.forged' } };
    expect(await (await browser.fetch('/', forged)).text()).toBe('1');
    expect(base.newCalls()).not.toContain('find');
  });

  it('an error of the store goes to next; ENOENT counts as not found', async () => {
    const { browser } = await serve({}, count);
    await text(browser);
    base.unreachable = true;
    expect((await browser.fetch('/')).status).toBe(500);
    base.unreachable = false;
    base.before = (call) => {
      if (call === 'find') throw Object.assign(new Error('no file'), { code: 'ENOENT' });
    };
    expect(await text(browser)).toBe('1');
  });

  it('an error of the save at the end goes to next', async () => {
    const { browser, errors } = await serve({}, count);
    base.broken = true;
    await text(browser);
    expect(errors).toMatchObject([{ message: 'the disk is full: make room' }]);
  });

  it('is not there while the store is disconnected, and is again when it connects', async () => {
    const { browser } = await serve({}, ({ session }, response) => void response.end(typeof session));
    store.emit('disconnect');
    expect(await text(browser)).toBe('undefined');
    store.emit('connect');
    expect(await text(browser)).toBe('object');
  });

  it('is not saved under a sessionID that is no text', async () => {
    const { browser } = await serve({}, (request, response) => {
      request.sessionID = () => {};
      response.end();
    });
    expect((await browser.fetch('/')).headers.has('set-cookie')).toBe(false);
    expect(await store.length()).toBe(0);
  });

  it('whose record has no cookie gets one: here express-session alone would fail', async () => {
    const { browser } = await serve({}, ({ session }, response) => void response.end(session.id));
    const sid = await text(browser);
    await store.set(sid, { foo: 'bar' });
    expect(await text(browser)).toBe(sid);
  });
});

describe('a session is saved before the response ends', () => {
  it.each<[string, (response: ServerResponse) => unknown]>([
    ['a text', (response) => response.end('done')],
    ['nothing', (response) => response.setHeader('content-length', '0').end()],
    ['several parts', (response) => response.write('do') && response.end('ne')],
    ['a known length', (response) => response.setHeader('content-length', '4').end('done')],
    ['an end twice', (response) => response.end('done') && response.end()],
  ])('with %s', async (_, finish) => {
    const { browser } = await serve({}, ({ session }, response) => {
      session.hit = true;
      finish(response);
    });
    expect(['done', '']).toContain(await text(browser));
    expect(base.log).toEqual(['saved']);
    expect(await onlyRecord(base)).toMatchObject({ data: { hit: true } });
  });
});

describe('the options of express-session', () => {
  it('saveUninitialized: true writes a session without data, false does not', async () => {
    const nothing: Handler = (_request, response) => void response.end();
    const { browser } = await serve({}, nothing);
    await text(browser);
    expect(writes()).toEqual(['create']);
    const { browser: other } = await serve({ saveUninitialized: false }, nothing);
    expect((await other.fetch('/')).headers.has('set-cookie')).toBe(false);
    expect(writes()).toEqual([]);
  });

  it('resave: true writes an unchanged session; false touches it and leaves its data as they are', async () => {
    const same: Handler = ({ session }, response) => {
      session.user = 'bob';
      response.end();
    };
    for (const resave of [true, false]) {
      const { browser } = await serve({ resave }, same);
      await text(browser);
      writes();
      const events: string[] = [];
      for (const name of ['saved', 'refreshed']) store.once(name, () => events.push(name));
      await text(browser);
      expect(writes()).toEqual(['update']);
      expect(events).toEqual([resave ? 'saved' : 'refreshed']);
      store.removeAllListeners();
    }
  });

  it('resave: false still saves what changed', async () => {
    const { browser } = await serve({ resave: false }, count);
    expect([await text(browser), await text(browser), await text(browser)]).toEqual(['1', '2', '3']);
  });

  it('rolling: true sends the cookie with each answer, and the record lives as long', async () => {
    const { browser } = await serve({ rolling: true, cookie: { maxAge: MINUTE } }, count);
    await text(browser);
    const { cookieExpires } = await onlyRecord(base);
    later = MINUTE / 2;
    const { headers } = await browser.fetch('/');
    const expires = /Expires=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
    const record = await onlyRecord(base);
    expect(record.cookieExpires).toBeGreaterThanOrEqual(cookieExpires);
    expect(Math.floor(record.cookieExpires / 1000)).toBe(Date.parse(expires) / 1000);
  });

  it("unset: 'keep' leaves the session, 'destroy' ends it; both send no cookie", async () => {
    const unset: Handler = (request, response) => {
      if (request.url === '/unset') request.session = null as never;
      response.end();
    };
    for (const [option, left] of [
      ['keep', 1],
      ['destroy', 0],
    ] as const) {
      await store.clear();
      const { browser } = await serve({ unset: option }, unset);
      await text(browser);
      expect((await browser.fetch('/unset')).headers.has('set-cookie')).toBe(false);
      expect(await store.length()).toBe(left);
    }
  });

  it("an error of unset: 'destroy' goes to next", async () => {
    const { browser, errors } = await serve({ unset: 'destroy' }, (request, response) => {
      request.session = null as never;
      response.end('destroyed');
    });
    base.before = (call) => {
      if (call === 'delete') throw new Error('boom');
    };
    expect(await text(browser)).toBe('destroyed');
    expect(errors).toMatchObject([{ message: 'boom' }]);
  });

  it('genid names the session, with characters that a cookie must encode', async () => {
    const { browser } = await serve({ genid: () => '% /ä' }, count);
    expect([await text(browser), await text(browser)]).toEqual(['1', '2']);
    expect((await onlyRecord(base)).id).toBe(idOf('% /ä'));
  });
});

describe('the methods of req.session', () => {
  /** Ends with the error's message, or with this text. */
  const answer = (response: ServerResponse, fine: () => string) => (error?: Error) =>
    void response.end(error?.message ?? fine());

  it('destroy ends it and sends no cookie; a late save of a page that was open stays dropped (I2)', async () => {
    let open = (_: unknown) => {};
    let reached = (_: unknown) => {};
    const isReached = new Promise((resolve) => {
      reached = resolve;
    });
    const { browser } = await serve({}, async (request, response) => {
      if (request.url === '/out') return request.session.destroy(answer(response, () => 'out'));
      if (request.url === '/slow') {
        await new Promise((resolve) => {
          open = resolve;
          reached(null);
        });
      }
      request.session.late = request.url;
      response.end(String(request.session.late));
    });
    await text(browser);
    const slow = text(browser, '/slow');
    await isReached;
    const out = await browser.fetch('/out');
    expect(await out.text()).toBe('out');
    expect(out.headers.has('set-cookie')).toBe(false);
    open(null);
    expect(await slow).toBe('/slow');
    expect(await store.all()).toEqual([]);
  });

  it('regenerate ends the old session and begins another under a new sid', async () => {
    const { browser } = await serve({}, ({ url, session, ...rest }, response) => {
      if (url === '/') return response.end(session.id);
      session.regenerate(answer(response, () => String((rest as unknown as Request).sessionID)));
    });
    const old = await text(browser);
    await text(browser, '/again');
    expect(await store.get(old)).toBeUndefined();
    expect(await store.length()).toBe(1);
    expect(await text(browser)).not.toBe(old);
  });

  it('reload gives what another request saved, and an error when the session is gone', async () => {
    const { browser } = await serve({ resave: false }, async (request, response) => {
      if (request.url === '/') return count(request, response);
      request.session.count = 'mine';
      const { id } = request.session;
      if (request.url === '/gone') await store.clear();
      else await store.set(id, Object.assign(await store.get(id), { count: 'theirs' }));
      request.session.reload(answer(response, () => String(request.session.count)));
    });
    await text(browser);
    expect(await text(browser, '/reload')).toBe('theirs');
    expect(await text(browser, '/gone')).toBe('failed to load session');
  });

  it.each([true, false])(
    'save saves at once, and the end saves no more (saveUninitialized: %s)',
    async (flag) => {
      const saves = savesOf(store);
      const { browser } = await serve({ saveUninitialized: flag }, ({ session }, response) => {
        session.hit = true;
        session.save(answer(response, () => saves.join()));
      });
      expect(await text(browser)).toBe('created');
      expect(await text(browser)).toBe('created,saved');
      expect(saves).toHaveLength(2);
    },
  );

  it('a reloaded session that was saved is not saved again at the end', async () => {
    const saves = savesOf(store);
    const { browser } = await serve({}, (request, response) => {
      request.session.hit = true;
      request.session.reload(() => request.session.save(answer(response, () => saves.join())));
    });
    await text(browser);
    saves.splice(0);
    expect(await text(browser)).toBe('saved');
    expect(saves).toEqual(['saved']);
  });

  it('touch moves the end of the session', async () => {
    const { browser } = await serve(
      { resave: false, cookie: { maxAge: MINUTE } },
      ({ session }, response) => {
        session.hit = true;
        session.touch();
        response.end();
      },
    );
    await text(browser);
    const { id, cookieExpires } = await onlyRecord(base);
    await base.update(id, (record) => ({ ...record, cookieExpires: cookieExpires - 1000 }));
    await text(browser);
    expect((await onlyRecord(base)).cookieExpires).toBeGreaterThanOrEqual(cookieExpires);
  });
});

describe('req.session.cookie', () => {
  it('maxAge sets the end of the record; originalMaxAge is the same in all requests', async () => {
    const { browser } = await serve({ cookie: { maxAge: 2000 } }, ({ url, session }, response) => {
      if (url === '/long') session.cookie.maxAge = 3_000_000_000;
      session.hit = url;
      response.end(String(session.cookie.originalMaxAge));
    });
    expect(['2000', '1999']).toContain(await text(browser));
    expect(['2000', '1999']).toContain(await text(browser));
    expect(Number(await text(browser, '/long'))).toBeGreaterThan(2_999_999_000);
    expect((await onlyRecord(base)).cookieExpires).toBeGreaterThan(Date.now() + 2_999_000_000);
  });

  it('expires as a date of the past ends the session; null makes a cookie for the browser session', async () => {
    const { browser } = await serve({}, ({ url, session }, response) => {
      session.hit = url;
      session.cookie.expires = url === '/past' ? new Date(0) : null;
      response.end();
    });
    const { headers } = await browser.fetch('/');
    expect(headers.get('set-cookie')).not.toContain('Expires');
    expect((await browser.fetch('/')).headers.has('set-cookie')).toBe(false);
    expect(await onlyRecord(base)).toMatchObject({ data: { cookie: { expires: null } } });
    await browser.fetch('/past');
    expect(await store.all()).toEqual([]);
  });

  it('an end that is no date reaches next, and the session lasts for cookieLifetime', async () => {
    const { browser, errors } = await serve({ cookie: { expires: new Date(Number.NaN) } }, count);
    await text(browser);
    expect(errors).toMatchObject([{ message: 'option expires is invalid' }]);
    expect((await onlyRecord(base)).cookieExpires).toBeGreaterThan(Date.now() + 11 * 60 * MINUTE);
  });
});
