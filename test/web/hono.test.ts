import { once } from 'node:events';
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { csrf } from 'hono/csrf';
import { etag } from 'hono/etag';
import { secureHeaders } from 'hono/secure-headers';
import { beforeEach, describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Session, TooManyLoginsError, type Visit } from '../../src/index.js';
import { type HonoOptions, type MoinSessionsVariables, moinSessions } from '../../src/web/hono.js';
import { onlyRecord } from '../aid/records.js';
import { makeSite, type Site } from '../aid/site.js';
import { describeAdapter } from '../aid/web/adapter.js';
import { honoApp } from '../aid/web/apps/hono.js';
import { HttpBrowser } from '../aid/web/http-browser.js';
import { listen } from '../aid/web/listen.js';

describeAdapter('Hono', honoApp);

const LOGIN = { login: '1', name: 'alice', password: 'alice' };

describe('the Hono middleware, under app.request()', () => {
  let site: Site;
  let errors: unknown[];

  beforeEach(() => {
    site = makeSite();
    errors = [];
  });

  const mounted = (options: HonoOptions = {}) =>
    new Hono().use(moinSessions(site.sessions, { onError: (error) => void errors.push(error), ...options }));

  /** The cookie that a response sets, as a browser sends it back. */
  const cookieOf = (response: Response) => response.headers.getSetCookie().at(-1)?.split(';')[0] ?? '';

  /** A visitor's cookie. */
  const aCookie = async (app: { request: Hono['request'] }) => cookieOf(await app.request('/'));

  const whoAmI = (context: Context) => context.json(context.get('visit').user?.name ?? null);

  it('works without a server: log in, read the session, log out', async () => {
    const app = mounted();
    app.post('/login', whoAmI).post('/logout', whoAmI).get('/', whoAmI);
    const login = await app.request('/login', { method: 'POST', body: new URLSearchParams(LOGIN) });
    expect(await login.json()).toBe('alice');
    const headers = { cookie: cookieOf(login) };
    expect(await (await app.request('/', { headers })).json()).toBe('alice');
    const body = new URLSearchParams({ logout: '1' });
    const logout = await app.request('/logout', { method: 'POST', body, headers });
    expect(await logout.json()).toBeNull();
    expect(cookieOf(logout)).toMatch(/^MOIN_SESSION=anon\./);
  });

  it('types: c.get and c.var have the session, with a chain, with the exported Variables, and without either', () => {
    const use = moinSessions(site.sessions);
    new Hono().use(use).get('/', (context) => {
      expectTypeOf(context.var.session).toEqualTypeOf<Session>();
      return context.text('');
    });
    new Hono<{ Variables: MoinSessionsVariables & { own: number } }>().get('/', (context) => {
      expectTypeOf(context.get('visit')).toEqualTypeOf<Visit>();
      expectTypeOf(context.get('own')).toEqualTypeOf<number>();
      return context.text('');
    });
    new Hono().get('/', (context) => {
      expectTypeOf(context.get('session')).toEqualTypeOf<Session>();
      return context.text('');
    });
    expect(use).toBeTypeOf('function');
  });

  it('app.onError and app.notFound have the session, and what they set is saved', async () => {
    const app = mounted();
    app.get('/', whoAmI);
    app.get('/fail', () => {
      throw new Error('the route failed');
    });
    app.onError((error, context) => {
      context.get('session').set('lastError', error.message);
      return context.text('sorry', 500);
    });
    app.notFound((context) => {
      context.get('session').set('lost', context.req.path);
      return context.text('where?', 404);
    });
    const headers = { cookie: await aCookie(app) };
    expect(await (await app.request('/fail', { headers })).text()).toBe('sorry');
    expect(await (await app.request('/nowhere', { headers })).text()).toBe('where?');
    expect((await onlyRecord(site.store)).data).toEqual({ lastError: 'the route failed', lost: '/nowhere' });
    expect(errors).toEqual([]);
  });

  it('a thrown value that Hono hands on to its caller: what was set before is saved', async () => {
    const app = mounted();
    app.get('/', whoAmI).get('/fail', (context) => {
      context.get('session').set('before', 1);
      throw 'no Error';
    });
    const headers = { cookie: await aCookie(app) };
    await expect(app.request('/fail', { headers })).rejects.toBe('no Error');
    expect((await onlyRecord(site.store)).data).toEqual({ before: 1 });
  });

  it('a route that returns no response stays the error that Hono makes of it', async () => {
    const app = mounted();
    let error = '';
    app.get('/', (() => {}) as never);
    app.onError((cause, context) => {
      error = cause.message;
      return context.text('', 500);
    });
    expect((await app.request('/')).status).toBe(500);
    expect(error).toContain('Context is not finalized');
  });

  it('a store that is out of reach goes to app.onError; a flood of logins is a 429 unless app.onError answers', async () => {
    const app = mounted();
    app.get('/', whoAmI).post('/login', whoAmI);
    const cookie = await aCookie(app);
    site.users.verifyPassword = async () => {
      throw new TooManyLoginsError(3);
    };
    const init = { method: 'POST', body: new URLSearchParams(LOGIN) };
    const flooded = await app.request('/login', init);
    expect([flooded.status, flooded.headers.get('retry-after')]).toEqual([429, '10']);
    site.store.unreachable = true;
    app.onError((error, context) => context.text(`${error.name} ${context.get('visit')}`, 503));
    const response = await app.request('/', { headers: { cookie } });
    expect([response.status, await response.text()]).toEqual([503, 'StoreError undefined']);
    expect(await (await app.request('/login', init)).text()).toMatch(/^TooManyLoginsError/);
  });

  it.each(['before', 'behind'] as const)('other middleware %s it keeps working', async (where) => {
    const others = [secureHeaders(), etag(), compress({ threshold: 1 }), csrf()];
    const ours = moinSessions(site.sessions);
    const app = new Hono();
    for (const use of where === 'before' ? [...others, ours] : [ours, ...others]) app.use(use);
    app.get('/', (context) => {
      context.get('session').set('x', 1);
      return context.text('moin '.repeat(100));
    });
    app.post('/login', whoAmI);
    const cookie = await aCookie(app);
    const response = await app.request('/', { headers: { cookie, 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(response.headers.get('etag')).toMatch(/^(W\/)?"/);
    expect(response.headers.get('vary')?.toLowerCase()).toMatch(/cookie/);
    const text = await new Response(response.body?.pipeThrough(new DecompressionStream('gzip'))).text();
    expect(text).toBe('moin '.repeat(100));
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
    const foreign = { origin: 'https://evil.example', cookie };
    const body = new URLSearchParams(LOGIN);
    const refused = await app.request('/login', { method: 'POST', body, headers: foreign });
    expect(refused.status).toBe(403);
    expect(String(refused.headers.getSetCookie())).not.toContain('MOIN_SESSION=user.');
  });

  it('sub-apps: the same sessions twice are one visit, with one Set-Cookie; other sessions are an error', async () => {
    const sub = new Hono().use(moinSessions(site.sessions)).get('/', whoAmI);
    const app = mounted().route('/sub', sub);
    const response = await app.request('/sub');
    expect([response.status, response.headers.getSetCookie().length]).toEqual([200, 1]);
    let error = '';
    const other = new Hono().use(moinSessions(makeSite().sessions)).get('/', whoAmI);
    const both = mounted().route('/other', other);
    both.onError((cause, context) => {
      error = cause.message;
      return context.text('', 500);
    });
    expect((await both.request('/other')).status).toBe(500);
    expect(error).toContain('call moinSessions once');
  });

  describe.each(['unread', 'text', 'json', 'arrayBuffer', 'blob', 'formData', 'parseBody'] as const)(
    'spec 5: a body that middleware before it has read counts like an unread one (%s)',
    (read) => {
      const JSON_TYPE = 'application/json';
      const FORM = 'application/x-www-form-urlencoded';

      async function logIn(type: string, body: string): Promise<unknown> {
        const app = new Hono();
        app.use(async ({ req }, next) => {
          const reads = req as unknown as Record<string, () => Promise<unknown>>;
          await reads[read]?.().catch(() => {});
          await next();
        });
        app.use(moinSessions(site.sessions, { formLimit: 100 })).post('/login', whoAmI);
        const init = { method: 'POST', body, headers: { 'content-type': type } };
        return (await app.request('/login', init)).json();
      }

      const form = String(new URLSearchParams(LOGIN));

      it('a form logs in', async () => {
        expect(await logIn(FORM, form)).toBe('alice');
      });

      // A parser of forms reads no JSON.
      if (['unread', 'text', 'json', 'arrayBuffer', 'blob'].includes(read))
        it('JSON logs in; malformed JSON does not', async () => {
          expect(await logIn(JSON_TYPE, JSON.stringify({ ...LOGIN, login: true }))).toBe('alice');
          expect(await logIn(JSON_TYPE, '{')).toBeNull();
        });

      it('formLimit is exact', async () => {
        const padded = `${form}&x=`.padEnd(100, 'x');
        expect(await logIn(FORM, padded)).toBe('alice');
        expect(await logIn(FORM, `${padded}x`)).toBeNull();
      });

      it('a name that is there twice is none', async () => {
        const twice = form.replace('name=alice', 'name=bob&name=alice');
        expect(await logIn(FORM, twice)).toBeNull();
        expect(site.users.checks).toBe(0);
      });
    },
  );

  it('a body that was read past Hono logs nobody in', async () => {
    const app = new Hono();
    app.use(async ({ req }, next) => {
      await req.raw.text();
      await next();
    });
    app.use(moinSessions(site.sessions)).post('/login', whoAmI);
    const init = { method: 'POST', body: new URLSearchParams(LOGIN) };
    expect(await (await app.request('/login', init)).json()).toBeNull();
  });

  it('the option form gets the context, and connection replaces what the socket says', async () => {
    const seen: unknown[] = [];
    const form = (_body: unknown, { req }: Context) => {
      seen.push(req.path);
      return {};
    };
    const app = mounted({ form, connection: () => ({ secure: true }) });
    app.post('/login', whoAmI);
    const response = await app.request('/login', { method: 'POST' });
    expect(seen).toEqual(['/login']);
    expect(response.headers.get('set-cookie')).toContain('; Secure');
  });

  it('the address of the peer comes from the socket of @hono/node-server', async () => {
    const addresses: unknown[] = [];
    const spy = {
      name: 'spy',
      authenticate: ({ remoteAddress }: { remoteAddress?: string | undefined }, { user }: { user: null }) => {
        addresses.push(remoteAddress);
        return { user, continue: true };
      },
    };
    site = makeSite({ auth: [spy as never, 'moin_session', 'moin_anon_session'] });
    const app = mounted();
    app.get('/', whoAmI);
    const running = await listen(createAdaptorServer({ fetch: app.fetch }) as never);
    onTestFinished(async () => void (await running.close()));
    await new HttpBrowser(running.origin).json('/');
    expect(addresses).toEqual(['127.0.0.1']);
  });

  it('a WebSocket of @hono/node-server: its upgrade knows the user, and what it sets is saved', async () => {
    const app = mounted();
    app.post('/login', whoAmI).get(
      '/socket',
      upgradeWebSocket((context) => {
        const { session, visit } = context.var;
        session.set('upgraded', true);
        return {
          async onMessage(_event, socket) {
            const count = await session.update('messages', (before) => Number(before ?? 0) + 1);
            socket.send(`${visit.user?.name}: ${count}`);
          },
        };
      }),
    );
    const websocket = { server: new WebSocketServer({ noServer: true }) as never };
    const running = await listen(createAdaptorServer({ fetch: app.fetch, websocket }) as never);
    onTestFinished(async () => void (await running.close()));
    const browser = new HttpBrowser(running.origin);
    await browser.post('/login', LOGIN);
    const socket = new WebSocket(`${running.origin.replace('http', 'ws')}/socket`, {
      headers: { cookie: browser.cookie },
    });
    await once(socket, 'open');
    expect((await onlyRecord(site.store)).data).toEqual({ upgraded: true });
    socket.send('moin');
    expect(String((await once(socket, 'message'))[0])).toBe('alice: 1');
    expect((await onlyRecord(site.store)).data).toEqual({ upgraded: true, messages: 1 });
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  });
});
