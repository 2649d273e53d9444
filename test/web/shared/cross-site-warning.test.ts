import { createServer } from 'node:http';
import { Hono } from 'hono';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SECRET } from '../../aid/site.js';
import { TestUsers } from '../../aid/users.js';
import { listen } from '../../aid/web/listen.js';

/** Sends a form with these headers to `/login`. */
type Send = (form: Record<string, string>, headers: Record<string, string>) => Promise<unknown>;

const EVIL = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
const OWN = { 'sec-fetch-site': 'same-origin' };
const LOGIN = { login: '1', name: 'alice', password: 'hunter2' };

/** The warning is emitted once in a process: each test has modules of its own. */
beforeEach(() => void vi.resetModules());

async function newSessions() {
  const { createSessions } = await import('../../../src/index.js');
  return createSessions({
    store: 'memory:',
    users: new TestUsers(),
    secrets: SECRET,
    anonymousCookieLifetime: 1,
  });
}

async function byFetch(): Promise<Send> {
  const { withSessions } = await import('../../../src/web/fetch.js');
  const handler = withSessions(await newSessions(), () => new Response('ok'));
  return (form, headers) =>
    handler(
      new Request('http://wiki.example/login', { method: 'POST', headers, body: new URLSearchParams(form) }),
    );
}

async function byHono(): Promise<Send> {
  const { moinSessions } = await import('../../../src/web/hono.js');
  const app = new Hono().use(moinSessions(await newSessions()));
  app.post('/login', (context) => context.text('ok'));
  return async (form, headers) =>
    app.fetch(
      new Request('http://wiki.example/login', { method: 'POST', headers, body: new URLSearchParams(form) }),
    );
}

async function byNode(): Promise<Send> {
  const { withSessions } = await import('../../../src/web/node.js');
  const { origin, close } = await listen(
    createServer(withSessions(await newSessions(), (_request, response) => void response.end('ok'))),
  );
  onTestFinished(async () => void (await close()));
  return (form, headers) =>
    fetch(`${origin}/login`, { method: 'POST', headers, body: new URLSearchParams(form) });
}

/** The warnings of the process during this test. */
function warningsOf(): { warnings: (Error & { code?: string })[]; emitted: () => Promise<void> } {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  return { warnings, emitted: () => new Promise((resolve) => setImmediate(resolve)) };
}

describe.each([
  ['fetch', byFetch],
  ['Hono', byHono],
  ['node', byNode],
])('spec 5: the warning of a login form that another site sent (%s)', (_adapter, start) => {
  it('spec 5: is emitted once in a process, with code, reason and remedy, and without the password', async () => {
    const send = await start();
    const { warnings, emitted } = warningsOf();
    await send(LOGIN, EVIL);
    await send(LOGIN, EVIL);
    await send({ logout: '1' }, EVIL);
    await emitted();
    expect(warnings).toMatchObject([{ name: 'MoinSessionsWarning', code: 'MOIN_SESSIONS_CROSS_SITE' }]);
    expect(String(warnings[0])).toMatch(
      /a login form was ignored \(further ones are not reported\): .*https:\/\/evil\.example.*'trustedOrigins'/,
    );
    expect(String(warnings[0])).toMatch(/put its origin into the option 'trustedOrigins'$/);
    expect(String(warnings[0])).not.toContain('hunter2');
  });

  it('spec 5: is emitted for a logout form too', async () => {
    const send = await start();
    const { warnings, emitted } = warningsOf();
    await send({ logout: '1' }, EVIL);
    await emitted();
    expect(warnings).toMatchObject([{ code: 'MOIN_SESSIONS_CROSS_SITE' }]);
  });

  it('spec 5: is emitted neither for a form of the own site nor for one that asks for no login', async () => {
    const send = await start();
    const { warnings, emitted } = warningsOf();
    await send(LOGIN, OWN);
    await send({ comment: 'hello' }, EVIL);
    await emitted();
    expect(warnings).toEqual([]);
    await send(LOGIN, EVIL);
    await emitted();
    expect(warnings).toHaveLength(1);
  });
});
