import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LateLoginError } from '../../src/index.js';
import { moinSessions } from '../../src/web/hono.js';
import { onlyRecord } from '../aid/records.js';
import { makeSite, type Site } from '../aid/site.js';
import { listen } from '../aid/web/listen.js';

type Env = { Bindings: HttpBindings };

describe('a text as response, on @hono/node-server', () => {
  let site: Site;

  beforeEach(() => {
    site = makeSite();
  });

  /** @param outer what middleware before ours does when the response is there */
  async function serve(
    route: (context: Context<Env>) => Response,
    outer: (context: Context<Env>) => unknown = () => {},
  ) {
    const app = new Hono<Env>();
    app.use(async (context, next) => {
      await next();
      await outer(context);
    });
    app.use(moinSessions(site.sessions)).get('/', route);
    const running = await listen(createAdaptorServer({ fetch: app.fetch }) as never);
    onTestFinished(async () => void (await running.close()));
    return (cookie = '', headers = {}) => fetch(running.origin, { headers: { cookie, ...headers } });
  }

  const cookieOf = ({ headers }: Response) => headers.getSetCookie().at(-1)?.split(';')[0] ?? '';

  it('is sent as one, with its length, and not as a stream', async () => {
    const get = await serve((context) => context.text('moin'));
    const response = await get();
    expect(response.headers.get('content-length')).toBe('4');
    expect(response.headers.get('transfer-encoding')).toBeNull();
    expect(await response.text()).toBe('moin');
    expect(cookieOf(response)).toMatch(/^MOIN_SESSION=anon\./);
  });

  it('a response that the application keeps for all visitors gives none the cookie of another', async () => {
    const kept = new Response('moin', { status: 203, headers: { 'x-own': '1' } });
    const get = await serve(() => kept);
    const cookies = [cookieOf(await get()), cookieOf(await get()), cookieOf(await get())];
    expect(new Set(cookies).size).toBe(3);
    const last = await get(cookies[0]);
    expect([last.status, last.headers.get('x-own'), last.headers.getSetCookie()]).toEqual([203, '1', []]);
    expect(kept.headers.getSetCookie()).toEqual([]);
  });

  it('waits for what middleware before ours sets behind it', async () => {
    const log: string[] = [];
    site.sessions.on('saved', () => log.push('saved'));
    const get = await serve(
      (context) => {
        context.var.session.set('first', 1);
        return context.text('moin');
      },
      ({ env, var: { session } }) => {
        session.set('second', 2);
        env.outgoing.on('finish', () => log.push('finished'));
      },
    );
    const cookie = cookieOf(await get());
    log.length = 0;
    await get(cookie);
    expect(log.slice(0, 2)).toEqual(['saved', 'finished']);
    expect((await onlyRecord(site.store)).data).toEqual({ first: 1, second: 2 });
  });

  it('a token that changes behind it does not go out, and the process is warned', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    const get = await serve(
      (context) => {
        context.var.session.set('first', 1);
        return context.text('moin');
      },
      ({ req, var: { session } }) => (req.header('x-rotate') === undefined ? null : session.rotate()),
    );
    const cookie = cookieOf(await get());
    await get(cookie);
    expect(warned).not.toHaveBeenCalled();
    await get(cookie, { 'x-rotate': '1' });
    expect(warned.mock.calls.map(([, options]) => options)).toMatchObject([
      { code: 'MOIN_SESSIONS_LATE_COOKIE' },
    ]);
  });

  it('its headers are decided on: a login behind it comes too late', async () => {
    let error: unknown;
    const get = await serve(
      (context) => context.text('moin'),
      async ({ var: { visit } }) => {
        error = await visit.logIn({ id: 'u-alice' }).catch((cause: unknown) => cause);
      },
    );
    await get();
    expect(error).toBeInstanceOf(LateLoginError);
  });
});
