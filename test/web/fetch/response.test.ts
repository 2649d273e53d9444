import { createServer } from 'node:http';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AuthMethod, Visit } from '../../../src/index.js';
import { type Connection, withSessions } from '../../../src/web/fetch.js';
import { deferred } from '../../aid/deferred.js';
import { onlyRecord } from '../../aid/records.js';
import { makeSite, type Site } from '../../aid/site.js';
import { listen } from '../../aid/web/listen.js';

let site: Site;
let errors: unknown[];

beforeEach(() => {
  site = makeSite();
  errors = [];
});

type Handler = (request: Request, visit: Visit) => Response | Promise<Response>;

/** Answers a visitor who has a cookie. */
async function answerOf(handler: Handler, init: RequestInit = {}): Promise<Response> {
  const onError = (error: unknown) => void errors.push(error);
  const answer = withSessions(site.sessions, handler, { onError });
  const [set = ''] = (
    await withSessions(site.sessions, () => new Response())(new Request('http://x/'))
  ).headers.getSetCookie();
  const headers = { ...init.headers, cookie: set.split(';')[0] ?? '' };
  return answer(new Request('http://x/', { ...init, headers }));
}

const data = async () => (await onlyRecord(site.store)).data;
const failure = new Error('the source broke off');

describe('spec 5: a stream that fails', () => {
  const failing: Handler = (_request, { session }) => {
    let pulls = 0;
    const body = new ReadableStream({
      pull(controller) {
        session.set('pulls', ++pulls);
        if (pulls > 2) throw failure;
        controller.enqueue(new TextEncoder().encode('x'));
      },
    });
    return new Response(body);
  };

  it('what it set before is saved first, onError is told, and the body ends in the same error', async () => {
    const { log } = site.store;
    const response = await answerOf(failing);
    await expect(
      response.text().catch((error) => {
        log.push('failed');
        throw error;
      }),
    ).rejects.toBe(failure);
    expect(log.slice(-2)).toEqual(['saved', 'failed']);
    expect(await data()).toEqual({ pulls: 3 });
    expect(errors).toEqual([failure]);
  });

  it('where the save fails too, onError is told of both', async () => {
    const response = await answerOf(failing);
    site.store.broken = true;
    await expect(response.text()).rejects.toBe(failure);
    expect(errors).toEqual([expect.objectContaining({ message: 'the disk is full: make room' }), failure]);
  });

  it.each([
    ['cancels', undefined],
    ['cannot cancel', failure],
    ['never finishes to cancel', new Promise<void>(() => {})],
  ])('a failed save before the first byte is a 500, and the source, which %s, is told', async (_how, end) => {
    const reasons: unknown[] = [];
    const response = await answerOf((_request, { session }) => {
      session.set('x', 1);
      site.store.broken = true;
      const cancel = (reason: unknown) => {
        reasons.push(reason);
        if (end === failure) throw failure;
        return end as undefined;
      };
      return new Response(new ReadableStream({ cancel }));
    });
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    const full = expect.objectContaining({ message: 'the disk is full: make room' });
    expect(reasons).toEqual([full]);
    expect(errors).toHaveLength(end === failure ? 2 : 1);
    expect(errors).toEqual(expect.arrayContaining(end === failure ? [full, failure] : [full]));
  });

  it('a visitor who leaves: what was set since the last chunk is saved, and the source is told why', async () => {
    const asked = deferred();
    const cancelled = deferred();
    let why: unknown;
    const response = await answerOf((_request, { session }) => {
      const body = new ReadableStream(
        {
          start: (controller) => controller.enqueue(new Uint8Array(1)),
          pull: () => asked.resolve(),
          async cancel(reason) {
            why = reason;
            session.set('late', 1);
            cancelled.resolve();
          },
        },
        { highWaterMark: 2 },
      );
      return new Response(body);
    });
    await asked.promise;
    await response.body?.cancel('left');
    await cancelled.promise;
    expect(why).toBe('left');
    expect(await data()).toEqual({ late: 1 });
    expect(errors).toEqual([]);
  });

  it('a visitor who leaves a stream whose source cannot be cancelled: the values are saved', async () => {
    const reached = deferred();
    const response = await answerOf((_request, { session }) => {
      const body = new ReadableStream({
        pull(controller) {
          session.set('late', 1);
          controller.enqueue(new Uint8Array(1));
          reached.resolve();
        },
        cancel() {
          throw failure;
        },
      });
      return new Response(body);
    });
    await reached.promise;
    await expect(response.body?.cancel()).rejects.toBe(failure);
    expect(await data()).toEqual({ late: 1 });
  });
});

it.each([
  [204, '', null],
  [304, undefined, null],
  [200, '', null],
  [403, 'not you', 'not you'],
])('spec 5: the response of an auth method: %d with the body %j', async (status, body, sent) => {
  const answering: AuthMethod = {
    name: 'answering',
    authenticate: (_request, { user }) => ({
      user,
      continue: true,
      response: { status, headers: {}, ...(body !== undefined && { body }) },
    }),
  };
  site = makeSite({ auth: [answering, 'moin_session'] });
  const response = await answerOf(() => new Response());
  expect(errors).toEqual([]);
  expect([response.status, response.body && (await response.text())]).toEqual([status, sent]);
});

describe('spec 5: what a handler returns', () => {
  it.each([
    ['nothing', () => undefined, 'the handler returned undefined in place of a Response: return one'],
    ['null', () => null, 'the handler returned null in place of a Response'],
    ['an object', () => ({ status: 200 }), 'the handler returned object in place of a Response'],
    [
      'Response.error()',
      () => Response.error(),
      'the handler returned Response.error(), which no server can send',
    ],
  ])('%s is a 500, onError gets a clear error, and what was set is saved', async (_what, wrong, message) => {
    const response = await answerOf((_request, { session }) => {
      session.set('x', 1);
      return wrong() as never;
    });
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
    expect(await data()).toEqual({ x: 1 });
  });

  it.each([204, 205, 304])('%d has no body, and saves', async (status) => {
    const response = await answerOf((_request, { session }) => {
      session.set('x', 1);
      return new Response(null, { status });
    });
    expect([response.status, response.body]).toEqual([status, null]);
    expect(await data()).toEqual({ x: 1 });
  });

  it('101 is handed on as it is, and saves', async () => {
    const upgrade = Object.defineProperty(new Response(), 'status', { value: 101 });
    const response = await answerOf((_request, { session }) => {
      session.set('x', 1);
      return upgrade;
    });
    expect(response).toBe(upgrade);
    expect(await data()).toEqual({ x: 1 });
  });

  it('a HEAD saves, and its response has the cookie and the headers', async () => {
    const handler: Handler = (_request, { session }) => {
      session.set('x', 1);
      return new Response('page', { headers: { 'content-length': '4' } });
    };
    const response = await answerOf(handler, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('4');
    expect(await data()).toEqual({ x: 1 });
    const first = await withSessions(site.sessions, handler)(new Request('http://x/', { method: 'HEAD' }));
    expect(first.headers.get('set-cookie')).toMatch(/^MOIN_SESSION=anon\./);
  });

  it('a response with immutable headers, as fetch and Response.redirect return it, gets our headers', async () => {
    const upstream = await listen(
      createServer((_request, response) => {
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response.end('from upstream');
      }),
    );
    onTestFinished(async () => void (await upstream.close()));
    const proxied = withSessions(site.sessions, () => fetch(upstream.origin));
    const response = await proxied(new Request('http://x/'));
    expect(await response.text()).toBe('from upstream');
    expect(response.headers.getSetCookie()).toEqual([
      'a=1',
      'b=2',
      expect.stringMatching(/^MOIN_SESSION=anon\./),
    ]);
    const redirect = withSessions(site.sessions, () => Response.redirect('http://x/login', 303));
    const redirected = await redirect(new Request('http://x/'));
    expect([redirected.status, redirected.headers.get('location')]).toEqual([303, 'http://x/login']);
    expect(redirected.headers.get('set-cookie')).toMatch(/^MOIN_SESSION=anon\./);
  });
});

it.each([
  ['https://x/', undefined, true],
  ['https://x/', {}, true],
  ['https://x/', { secure: undefined }, true],
  ['https://x/', { secure: false }, false],
  ['http://x/', { secure: undefined }, false],
  ['http://x/', { secure: true }, true],
])('spec 4: at %s with the connection %o, Secure of the cookie is %s', async (url, connection, secure) => {
  const options = { connection: () => connection as Connection };
  const response = await withSessions(site.sessions, () => new Response(), options)(new Request(url));
  expect(response.headers.getSetCookie()[0]?.includes('; Secure')).toBe(secure);
});

it('spec 5: a Request and a Response of another realm, as test runners and edge sandboxes have them', async () => {
  /** The classes as another realm sees them: same behaviour, no `instanceof`. */
  const foreign = (real: object): never =>
    runInNewContext(
      `new Proxy({}, { get: (_, key) => { const value = real[key]; return typeof value === 'function' ? value.bind(real) : value; } })`,
      { real },
    ) as never;
  const body = new URLSearchParams({ login: '1', name: 'alice', password: 'alice' });
  const handler: Handler = async (_request, { user }) => foreign(Response.json(user?.name ?? null));
  const answer = withSessions(site.sessions, handler, { onError: (error) => void errors.push(error) });
  const response = await answer(foreign(new Request('http://x/login', { method: 'POST', body })));
  expect(errors).toEqual([]);
  expect(await response.json()).toBe('alice');
});
