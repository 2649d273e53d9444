import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LateLoginError } from '../../../src/base/errors.js';
import type { Visit } from '../../../src/visit/visit.js';
import { moinSessions } from '../../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../../src/web/fastify.js';
import { withSessions as fetchSessions } from '../../../src/web/fetch.js';
import { withSessions } from '../../../src/web/node.js';
import { deferred } from '../../aid/deferred.js';
import { ALICE, usersAndData } from '../../aid/route.js';
import { makeSite, type Site } from '../../aid/site.js';
import { listen } from '../../aid/web/listen.js';

let site: Site;
let close: (() => Promise<unknown>) | undefined;
/** What the application's late call came to: resolved when it has. */
let late: { outcome: Promise<unknown> };

beforeEach(() => {
  site = makeSite();
});
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** Sends one request to an application that writes `one`, then runs `act`, then writes `two`. */
type Start = (act: (visit: Visit) => unknown) => Promise<Response>;

async function fetchFrom(server: ReturnType<typeof createServer>): Promise<Response> {
  const running = await listen(server);
  close = running.close;
  return fetch(running.origin);
}

const byNode: Start = (act) =>
  fetchFrom(
    createServer(
      withSessions(site.sessions, async ({ visit }, response) => {
        response.write('one');
        await act(visit);
        response.end('two');
      }),
    ),
  );

const byExpress: Start = (act) => {
  const app = express();
  app.use(moinSessions(site.sessions));
  app.get('/', async ({ visit }, response) => {
    response.write('one');
    await act(visit);
    response.end('two');
  });
  return fetchFrom(createServer(app));
};

const byFastify: Start = async (act) => {
  const app = Fastify();
  await app.register(fastifySessions, { sessions: site.sessions });
  app.get('/', async ({ visit }, reply) => {
    reply.hijack();
    reply.raw.write('one');
    await act(visit);
    reply.raw.end('two');
  });
  close = () => app.close();
  return fetch(await app.listen({ port: 0, host: '127.0.0.1' }));
};

const byFetch: Start = async (act) => {
  const handle = fetchSessions(site.sessions, (_request, visit) => {
    const begun = deferred();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('one')),
      async pull(controller) {
        await begun.promise;
        await act(visit);
        controller.enqueue(Buffer.from('two'));
        controller.close();
      },
    });
    queueMicrotask(() => setImmediate(begun.resolve));
    return new Response(body);
  });
  return handle(new Request('http://wiki.example/'));
};

describe.each([
  ['node:http', byNode],
  ['Express', byExpress],
  ['Fastify', byFastify],
  ['fetch', byFetch],
])('a login after the first byte (%s)', (_, start) => {
  it('S4: is an error that names the remedy, and logs nobody in', async () => {
    const response = await start(async (visit) => {
      late = { outcome: visit.logIn(ALICE).catch((error: unknown) => error) };
      await late.outcome;
      expect(visit).toMatchObject({ user: null, loginResult: 'none' });
    });
    expect(await response.text()).toBe('onetwo');
    expect(await late.outcome).toBeInstanceOf(LateLoginError);
    expect(String(await late.outcome)).toContain('await visit.logIn(…) before the first byte');
    expect(await site.records()).toEqual([]);
    expect(response.headers.getSetCookie().join()).not.toContain('user.');
    expect(site.events.filter(({ event }) => event.startsWith('login'))).toEqual([]);
  });
});

describe('a login before the first byte', () => {
  it.each([true, false])('S4: awaited: %s: the answer waits for it, and has the cookie', async (awaited) => {
    const response = await fetchFrom(
      createServer(
        withSessions(site.sessions, async ({ visit }, response) => {
          const login = visit.logIn(ALICE);
          if (awaited) await login;
          response.end('welcome');
        }),
      ),
    );
    expect(await response.text()).toBe('welcome');
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^MOIN_SESSION=user\./)]);
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: {} }]);
  });

  it('S4: not awaited with a Request and a Response: the same', async () => {
    const handle = fetchSessions(site.sessions, (_request, visit) => {
      void visit.logIn(ALICE);
      return new Response('welcome');
    });
    const { headers } = await handle(new Request('http://wiki.example/'));
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^MOIN_SESSION=user\./)]);
  });
});

describe('a logout after the first byte', () => {
  it('S6: ends the session all the same: the cookie that stays in the browser opens nothing', async () => {
    const browser = site.browser();
    await browser.logIn('alice');
    const running = await listen(
      createServer(
        withSessions(site.sessions, async ({ visit }, response) => {
          response.write('one');
          await visit.logOut();
          response.end('two');
        }),
      ),
    );
    close = running.close;
    const cookie = `MOIN_SESSION=${browser.cookie}`;
    expect(await (await fetch(running.origin, { headers: { cookie } })).text()).toBe('onetwo');
    expect(await site.records()).toEqual([]);
    expect((await browser.visit()).user).toBeNull();
  });
});
