import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../../src/base/clock.js';
import {
  type AuthMethod,
  type AuthOption,
  type Json,
  MemoryStore,
  type Session,
} from '../../../../src/index.js';
import { moinSessions } from '../../../../src/web/express.js';
import { type Handler, withSessions } from '../../../../src/web/node.js';
import { deferred } from '../../../aid/deferred.js';
import { onlyRecord } from '../../../aid/records.js';
import { makeSite, type Site } from '../../../aid/site.js';
import { type HttpBrowser, visitor } from '../../../aid/web/http-browser.js';
import { listen, type Running, serveOthers } from '../../../aid/web/listen.js';

let site: Site;
let running: Running;
let errors: unknown[];
const onError = (error: unknown) => void errors.push(error);

beforeEach(() => {
  site = makeSite();
  errors = [];
});

afterEach(() => running.close());

async function serveAsItIs(handler: Handler): Promise<HttpBrowser> {
  running = await listen(createServer(withSessions(site.sessions, handler, { onError })));
  return visitor(running.origin);
}

async function serveExpress(...handlers: RequestHandler[]): Promise<HttpBrowser> {
  running = await listen(createServer(express().use(...handlers)));
  return visitor(running.origin);
}

const ours = (): RequestHandler => moinSessions(site.sessions, { onError });

/** Middleware that does something whenever a response ends, as many do to measure or to log. */
function atEnd(work: (session: Express.Request['session']) => unknown): RequestHandler {
  return (request, response, next) => {
    const { end } = response;
    const late = async (...args: unknown[]) => {
      if (request.session.available) await work(request.session);
      return Reflect.apply(end, response, args);
    };
    response.end = late as never;
    next();
  };
}

describe('a session that changes late', () => {
  it('in the middle of a stream: the end waits for its save', async () => {
    const browser = await serveAsItIs(({ session }, response) => {
      response.write('one');
      session.set('x', 1);
      response.end('two');
    });
    const { log } = site.store;
    const { reached, open } = site.store.hold();
    const body = browser.fetch('/').then(async (response) => {
      const whole = await response.text();
      log.push('ended');
      return whole;
    });
    await reached;
    await serveOthers();
    open();
    expect(await body).toBe('onetwo');
    expect(log).toEqual(['saved', 'ended']);
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
  });

  it('after the end: it is saved', async () => {
    const browser = await serveAsItIs(({ session }, response) => {
      response.end('over');
      session.set('x', 1);
    });
    const created = once(site.sessions, 'created');
    expect(await (await browser.fetch('/')).text()).toBe('over');
    await created;
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
  });

  it.each([true, false])(
    'while compression has already written (end at once: %s): the response is complete',
    async (atOnce) => {
      const app = express();
      app.use(moinSessions(site.sessions, { onError }), compression({ threshold: 0 }));
      app.get('/', ({ session }, response) => {
        response.type('text').write('a'.repeat(100_000));
        session.set('x', 1);
        if (atOnce) response.end('end');
        else setImmediate(() => response.end('end'));
      });
      running = await listen(createServer(app));
      const browser = await visitor(running.origin);
      const { reached, open } = site.store.hold();
      const arrived = browser.fetch('/').then(async (response) => {
        const whole = await response.text();
        site.store.log.push('ended');
        return whole;
      });
      await reached;
      await serveOthers();
      open();
      expect(await arrived).toBe(`${'a'.repeat(100_000)}end`);
      expect(site.store.log).toEqual(['saved', 'ended']);
      expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
      expect(errors).toEqual([]);
    },
  );

  it('a value that an auth method took out and the application changed in place is saved', async () => {
    let list: number[] = [];
    const taking: AuthMethod = {
      name: 'taking',
      authenticate(request, { user }) {
        list = (request.session?.get('list') as number[] | undefined) ?? [];
        return { user, continue: true };
      },
    };
    const auth: AuthOption[] = ['moin_session', taking, 'moin_anon_session'];
    site = makeSite({ auth });
    const browser = await serveAsItIs(({ session, url }, response) => {
      if (url === '/begin') session.set('list', [1]);
      if (url === '/add') list.push(2);
      response.end();
    });
    await browser.fetch('/begin');
    await browser.fetch('/add');
    expect((await onlyRecord(site.store)).data).toEqual({ list: [1, 2] });
  });

  it('a session that an auth method created: the response waits for its save', async () => {
    const [reached, gate, closed] = [deferred(), deferred(), deferred()];
    const log: string[] = [];
    let saves = 0;
    class OwnSession extends Map<string, Json> {
      readonly id = null;
      readonly kind = 'anonymous';
      readonly available = true;
      readonly isNew = false;
      readonly expires = null;
      toJSON = () => Object.fromEntries(this);
      destroy = async () => this.clear();
      rotate = async () => {};
      reload = async () => true;
      take = () => undefined;
      update = async (key: string, fn: (current?: Json) => Json) => fn(this.get(key));
      async save() {
        saves += 1;
        reached.resolve();
        await gate.promise;
        log.push('saved');
        return 'saved' as const;
      }
    }
    const making: AuthMethod = {
      name: 'making',
      authenticate(request, { user }) {
        request.session = new OwnSession() as unknown as Session;
        return { user, continue: true };
      },
    };
    site = makeSite({ auth: [making] });
    running = await listen(
      createServer(
        withSessions(site.sessions, (_request, response) => {
          response.once('close', () => setImmediate(closed.resolve));
          response.end('own');
        }),
      ),
    );
    const answer = fetch(running.origin).then(async (response) => {
      const whole = await response.text();
      log.push('answered');
      return whole;
    });
    await reached.promise;
    await serveOthers();
    gate.resolve();
    expect(await answer).toBe('own');
    await closed.promise;
    expect(log).toEqual(['saved', 'answered']);
    expect(saves).toBe(1);
  });

  it.each([true, false])('in its finish event (a change before: %s): it is saved', async (before) => {
    const browser = await serveAsItIs(({ session }, response) => {
      if (!session.available) return response.end();
      if (before) session.set('before', true);
      response.once('finish', () => session.set('finish', true));
      response.once('close', () => session.set('close', true));
      return response.end('over');
    });
    const saved = once(site.sessions, before ? 'saved' : 'created');
    expect(await (await browser.fetch('/')).text()).toBe('over');
    await saved;
    expect((await onlyRecord(site.store)).data).toEqual({
      ...(before && { before }),
      finish: true,
      close: true,
    });
  });

  it('while a save is under way and the visitor leaves: it is saved', async () => {
    const [saving, ended, left] = [deferred(), deferred(), deferred()];
    const browser = await serveAsItIs(async ({ session }, response) => {
      if (!session.available) return response.end();
      response.once('close', left.resolve);
      session.set('first', 1);
      response.write('one');
      await saving.promise;
      session.set('second', 2);
      response.end('two');
      return ended.resolve();
    });
    const { reached, open } = site.store.hold();
    const leaving = new AbortController();
    const answer = fetch(running.origin, { headers: { cookie: browser.cookie }, signal: leaving.signal });
    await reached;
    saving.resolve();
    await ended.promise;
    const saved = once(site.sessions, 'saved');
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await left.promise;
    open();
    await saved;
    expect((await onlyRecord(site.store)).data).toEqual({ first: 1, second: 2 });
  });
});

describe('middleware with an end of its own', () => {
  it('that changes the session, behind ours: the answer waits for the save', async () => {
    const browser = await serveExpress(
      ours(),
      (request, response, next) => {
        const end = response.end.bind(response);
        response.end = ((...args: []) => {
          request.session.set('atEnd', true);
          return end(...args);
        }) as never;
        next();
      },
      (_request, response) => void response.end('body'),
    );
    site.store.broken = true;
    expect((await browser.fetch('/')).status).toBe(500);
    site.store.broken = false;
    const { headers } = await browser.fetch('/');
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^MOIN_SESSION=anon\./)]);
    expect((await onlyRecord(site.store)).data).toEqual({ atEnd: true });
  });

  it('that gives the session a new token, behind ours: the browser gets it', async () => {
    const browser = await serveExpress(
      ours(),
      atEnd((session) => session.rotate()),
      (_request, response) => void response.end('body'),
    );
    const { cookie } = browser;
    await browser.fetch('/');
    expect(browser.cookie).not.toBe(cookie);
  });

  it('that gives the session a new token, before ours, and ends by a method it kept: the browser gets it', async () => {
    const kept: RequestHandler = (_request, response, next) => {
      response.locals.end = response.end;
      next();
    };
    const browser = await serveExpress(kept, ours(), async ({ session }, response) => {
      await session.rotate();
      response.locals.end.call(response, 'kept');
    });
    const { cookie } = browser;
    expect(await (await browser.fetch('/')).text()).toBe('kept');
    expect(browser.cookie).not.toBe(cookie);
  });

  it('that ends by a method it kept before ours, with something to save: the answer waits for the save', async () => {
    const kept: RequestHandler = (_request, response, next) => {
      response.locals.end = response.end;
      next();
    };
    const browser = await serveExpress(kept, ours(), ({ session }, response) => {
      if (session.available) session.set('x', 1);
      response.locals.end.call(response, 'kept');
    });
    site.store.broken = true;
    expect((await browser.fetch('/')).status).toBe(500);
    site.store.broken = false;
    const { headers } = await browser.fetch('/');
    expect(headers.get('vary')).toBe('Cookie');
    expect(headers.get('cache-control')).toBe('private, no-cache="Set-Cookie"');
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
  });

  it('that changes the session, before ours: the answer waits for its save', async () => {
    const browser = await serveExpress(
      atEnd((session) => session.set('atEnd', true)),
      ours(),
      (_request, response) => void response.end('body'),
    );
    site.store.broken = true;
    expect((await browser.fetch('/')).status).toBe(500);
    site.store.broken = false;
    expect(await (await browser.fetch('/')).text()).toBe('body');
    expect((await onlyRecord(site.store)).data).toEqual({ atEnd: true });
  });

  it('that ends by a method it kept while bytes wait: both are sent, in order', async () => {
    let keptEnd: ServerResponse['end'];
    const keep: RequestHandler = (_request, response, next) => {
      keptEnd = response.end;
      next();
    };
    const browser = await serveExpress(keep, ours(), ({ session }, response) => {
      if (!session.available) return void response.end();
      session.set('x', 1);
      response.write('waits, ');
      Reflect.apply(keptEnd, response, ['and ends']);
    });
    const response = await browser.fetch('/');
    expect(await response.text()).toBe('waits, and ends');
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
    expect(errors).toEqual([]);
  });

  it('that writes the head by _implicitHeader, before ours, as older releases of compression do: a save that fails is a 500', async () => {
    const older: RequestHandler = (_request, response, next) => {
      const { end } = response;
      response.end = ((...args: unknown[]) => {
        if (!response.headersSent) (response as unknown as { _implicitHeader(): void })._implicitHeader();
        return Reflect.apply(end, response, args);
      }) as never;
      next();
    };
    const browser = await serveExpress(older, ours(), ({ session }, response) => {
      session.set('broken', site.store.broken);
      response.end('body');
    });
    expect(await (await browser.fetch('/')).text()).toBe('body');
    site.store.broken = true;
    const response = await browser.fetch('/');
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(errors).toHaveLength(1);
  });

  it('that ignores a second end, as compression does: a save that fails is still a 500', async () => {
    const browser = await serveExpress(ours(), compression({ threshold: 0 }), ({ session }, response) => {
      session.set('x', 1);
      response.type('text').end('body');
    });
    site.store.broken = true;
    const response = await browser.fetch('/');
    expect([response.status, response.headers.get('content-encoding')]).toEqual([500, null]);
    expect(await response.text()).toBe('Internal Server Error\n');
  });
});

describe('one response, several applications', () => {
  it('two sites, each with its own sessions: both are saved, and both cookies sent', async () => {
    const other = makeSite({ cookieName: 'OTHER' });
    const inner: Handler = ({ session }, response) => {
      if (session.available) session.set('inner', true);
      response.write('one');
      response.end('two');
    };
    const browser = await serveAsItIs((request, response) => {
      if (request.session.available) request.session.set('outer', true);
      withSessions(other.sessions, inner, { onError })(request, response);
    });
    const response = await browser.fetch('/');
    expect(await response.text()).toBe('onetwo');
    expect(response.headers.getSetCookie().map((field) => field.split('=')[0])).toEqual([
      'MOIN_SESSION',
      'OTHER',
    ]);
    expect((await onlyRecord(site.store)).data).toEqual({ outer: true });
    expect((await onlyRecord(other.store)).data).toEqual({ inner: true });
    expect(errors).toEqual([]);
  });

  it('two sites, of which only the second has to wait: each change is saved once, and both cookies are sent', async () => {
    const store = new MemoryStore();
    const first = makeSite({ store });
    const second = makeSite({ cookieName: 'OTHER' });
    running = await listen(
      createServer(
        withSessions(
          first.sessions,
          (request, response) => {
            const outer = request.session;
            const inner: Handler = async ({ session }) => {
              const all = [outer, session].filter(({ available }) => available);
              for (const each of all) each.set('early', Number(each.get('early') ?? 0) + 1);
              if (!response.write('one')) await once(response, 'drain');
              for (const each of all) each.set('late', Number(each.get('late') ?? 0) + 1);
              response.end('two');
            };
            withSessions(second.sessions, inner, { onError })(request, response);
          },
          { onError },
        ),
      ),
    );
    const browser = await visitor(running.origin);
    await (await browser.fetch('/')).text();
    const before = [await onlyRecord(store), await onlyRecord(second.store)];
    for (const { pass } of [first, second]) pass(HOUR);
    const response = await browser.fetch('/');
    expect(await response.text()).toBe('onetwo');
    expect(response.headers.getSetCookie().map((field) => field.split('=')[0])).toEqual([
      'MOIN_SESSION',
      'OTHER',
    ]);
    const after = [await onlyRecord(store), await onlyRecord(second.store)];
    expect(after.map(({ data }) => data)).toEqual(Array(2).fill({ early: 2, late: 2 }));
    expect(after.map(({ revision }, at) => revision - (before[at]?.revision ?? 0))).toEqual([2, 2]);
    expect(errors).toEqual([]);
  });

  it.each([true, false])(
    'a mounted application that calls next while bytes wait (all of them: %s): no header is added',
    async (ends) => {
      const late = deferred();
      const mounted = express().use(({ session }, response, next) => {
        if (!session.available) return void response.end();
        session.set('x', 1);
        response.set('own', '1');
        if (ends) response.end('own');
        else response.write('own');
        next();
      });
      const browser = await serveExpress(ours(), mounted, (_request, response) => {
        late.resolve();
        response.set('own', '2').set('late', '1').end('late');
      });
      const { open } = site.store.hold();
      const answer = browser.fetch('/');
      await late.promise;
      open();
      const response = await answer;
      const { status, headers } = response;
      expect([status, headers.get('own'), headers.get('late')]).toEqual([200, '1', null]);
      const body = response.text();
      // Express cuts off what it can answer no more.
      if (ends) expect(await body).toBe('own');
      else await expect(body).rejects.toThrow();
      expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
      expect(errors).toEqual([]);
    },
  );
});
