import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import type { Browser as Chromium } from 'playwright-core';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Sessions } from '../../src/sessions.js';
import { type TestClock, testClock } from '../../src/testing/clock.js';
import { loggedIn, visitor } from '../../src/testing/people.js';
import type { Visit } from '../../src/visit/visit.js';
import { moinSessions } from '../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../src/web/fastify.js';
import { withSessions } from '../../src/web/fetch.js';
import { missingChromium, openBrowser } from '../aid/chromium.js';
import { need } from '../aid/need.js';
import { makeSite } from '../aid/site.js';
import { listen } from '../aid/web/listen.js';

const LOGIN = 'login=1&name=alice&password=alice';

function siteWith(clock: TestClock): Sessions {
  return makeSite({ clock, cookieLifetime: 2, anonymousCookieLifetime: 1 }).sessions;
}

/** An application that answers with the user's name and counts a visitor's pages. */
function expressApp(sessions: Sessions) {
  const app = express().use(moinSessions(sessions));
  app.post('/login', (_request, response) => response.redirect(303, '/'));
  return app.get('/', (request, response) => response.send(page(request.visit)));
}

function page({ user, session }: Visit): string {
  session.set('pages', Number(session.get('pages') ?? 0) + 1);
  return `${user?.name ?? 'nobody'} ${session.get('pages')}`;
}

describe('supertest', () => {
  it('gets the cookie of a logged-in browser, and gives back the new one', async () => {
    const sessions = siteWith(testClock());
    const app = expressApp(sessions);
    const alice = await loggedIn(sessions, 'alice');
    const response = await request(app).get('/').set('Cookie', alice.cookieHeader());
    expect(response.text).toBe('alice 1');
    alice.receive(response.headers);
    expect((await alice.get('/', (session) => expect(session.get('pages')).toBe(1))).user).toBe('alice');
  });

  it('its agent keeps a fresh cookie, and the site refuses the one that its clock has made old', async () => {
    const clock = testClock();
    const agent = request.agent(expressApp(siteWith(clock)));
    await agent.post('/login').send(LOGIN);
    expect((await agent.get('/')).text).toBe('alice 1');
    clock.advance({ minutes: 119 });
    expect((await agent.get('/')).text).toBe('alice 2');
    clock.advance({ minutes: 121 });
    const sent: unknown[] = [];
    const refused = await agent.get('/').on('request', ({ req }) => sent.push(req.getHeader('cookie')));
    expect(sent).toEqual([expect.stringContaining('MOIN_SESSION=user.')]);
    expect(refused.text).toBe('nobody 1');
    await agent.post('/login').send(LOGIN);
    expect((await agent.get('/')).text).toMatch(/^alice/);
  });

  it('its agent drops each cookie of a clock before the real date: the header of a browser does not', async () => {
    const sessions = siteWith(testClock('2020-01-01'));
    const app = expressApp(sessions);
    const agent = request.agent(app);
    await agent.post('/login').send(LOGIN);
    expect((await agent.get('/')).text).toMatch(/^nobody/);
    const alice = await loggedIn(sessions, 'alice');
    const { text } = await request(app).get('/').set('Cookie', alice.cookieHeader());
    expect(text).toBe('alice 1');
  });
});

describe('inject of Fastify and request of Hono', () => {
  it('get the cookie of a browser, and give back the new one', async () => {
    const sessions = siteWith(testClock());
    const fastify = Fastify();
    await fastify.register(fastifySessions, { sessions });
    fastify.get('/', ({ visit }) => page(visit));
    const alice = await loggedIn(sessions, 'alice');
    const injected = await fastify.inject({ url: '/', headers: { cookie: alice.cookieHeader() } });
    expect(injected.body).toBe('alice 1');
    alice.receive(injected.headers);

    const hono = new Hono<{ Bindings: { visit: Visit } }>();
    hono.get('/', (context) => context.text(page(context.env.visit)));
    const fetch = withSessions(sessions, (incoming, visit) => hono.fetch(incoming, { visit }));
    const response = await fetch(
      new Request('http://localhost/', { headers: { cookie: alice.cookieHeader() } }),
    );
    expect(await response.text()).toBe('alice 2');
    alice.receive(response.headers);
    expect((await alice.get('/')).user).toBe('alice');
  });
});

describe('Playwright, with Chromium', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    if (missingChromium() === null) chromium = await openBrowser();
  });
  beforeEach((context) => need(context, missingChromium()));
  afterAll(() => chromium?.close());

  /** A server of the site, and a Chromium that begins with these cookies. */
  async function open(sessions: Sessions) {
    const { origin, close } = await listen(createServer(expressApp(sessions)));
    const context = await chromium.newContext();
    onTestFinished(async () => {
      await context.close();
      await close();
    });
    const tab = await context.newPage();
    const show = async () => {
      await tab.goto(origin);
      return tab.locator('body').innerText();
    };
    return { origin, context, show, tab };
  }

  it.each([
    ['at the real date', undefined],
    ['in the past', '2020-01-01'],
    ['in the future', '2090-01-01'],
  ])('a clock %s: the browser is logged in, until the clock makes the cookie old', async (_, start) => {
    const clock = testClock(start);
    const sessions = siteWith(clock);
    const { origin, context, show } = await open(sessions);
    const alice = await loggedIn(sessions, 'alice', { rememberMe: false });
    await context.addCookies(alice.playwrightCookies(origin));
    expect(await show()).toBe('alice 1');
    expect(await context.cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Lax' }]);
    clock.advance({ hours: 2 });
    expect(await show()).toBe('nobody 1');
    clock.advance({ hours: 2 });
    expect(alice.playwrightCookies(origin)).toEqual([]);
  });

  it('a fresh cookie of the server stays in Chromium, and storageState takes a visitor', async () => {
    const clock = testClock();
    const sessions = siteWith(clock);
    const { origin, context, show, tab } = await open(sessions);
    expect(await show()).toBe('nobody 1');
    expect(await show()).toBe('nobody 1');
    expect(await show()).toBe('nobody 2');
    clock.advance({ minutes: 30 });
    expect(await show()).toBe('nobody 3');
    expect(await tab.evaluate('document.cookie')).toBe('');
    const guest = await visitor(sessions);
    const storageState = { cookies: guest.playwrightCookies(origin), origins: [] };
    const other = await context.browser()?.newContext({ storageState });
    const page = await other?.newPage();
    await page?.goto(origin);
    expect(await page?.locator('body').innerText()).toBe('nobody 1');
    await other?.close();
    expect((await guest.get('/')).session.get('pages')).toBe(1);
  });
});
