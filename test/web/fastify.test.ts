import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Visit } from '../../src/index.js';
import { moinSessions } from '../../src/web/fastify.js';
import { makeSite } from '../aid/site.js';
import { describeAdapter } from '../aid/web/adapter.js';
import { fastifyApp } from '../aid/web/apps/fastify.js';

describeAdapter('Fastify', fastifyApp);

describe('the Fastify plugin', () => {
  const sessions = () => makeSite().sessions;

  it('works under inject, and reaches routes of other plugins', async () => {
    const app = Fastify();
    await app.register(moinSessions, { sessions: sessions() });
    await app.register(async (inner) => {
      inner.get('/inner', async ({ visit }) => ({ available: visit.session.available }));
    });
    const response = await app.inject('/inner');
    expect(response.json()).toEqual({ available: false });
    expect(response.headers['set-cookie']).toMatch(/^MOIN_SESSION=anon\./);
    await app.close();
  });

  it('spec 4: registered in a part of the application, it leaves the other parts without Vary and cookie', async () => {
    const app = Fastify();
    app.get('/static', async () => 'the same for everybody');
    await app.register(async (pages) => {
      await pages.register(moinSessions, { sessions: sessions() });
      pages.get('/', async ({ visit }) => ({ available: visit.session.available }));
    });
    const { headers } = await app.inject('/static');
    expect([headers.vary, headers['set-cookie']]).toEqual([undefined, undefined]);
    const page = await app.inject('/');
    expect(page.headers.vary).toBe('Cookie');
    expect(page.headers['set-cookie']).toMatch(/^MOIN_SESSION=anon\./);
    await app.close();
  });

  it('before preValidation visit is null and session undefined, as their docstrings say', async () => {
    const app = Fastify();
    await app.register(moinSessions, { sessions: sessions() });
    const seen: unknown[] = [];
    for (const hook of ['onRequest', 'preParsing', 'preValidation'] as const)
      app.addHook(hook as 'onRequest', async ({ visit, session }) => void seen.push(visit, session));
    app.get('/', async () => '');
    await app.inject('/');
    const [visit, session] = seen.slice(4);
    expect(seen).toEqual([null, undefined, null, undefined, visit, session]);
    expect((visit as Visit).session).toBe(session);
    await app.close();
  });

  it('does not replace an existing parser for forms', async () => {
    const app = Fastify();
    const type = 'application/x-www-form-urlencoded';
    app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    await app.register(moinSessions, { sessions: sessions() });
    app.post('/login', async ({ visit }) => ({ user: visit.user?.name ?? null }));
    const payload = 'login=1&name=alice&password=alice';
    const headers = { 'content-type': type };
    expect((await app.inject({ method: 'POST', url: '/login', payload, headers })).json()).toEqual({
      user: 'alice',
    });
    await app.close();
  });

  it('leaves a form at another path, a form beyond formLimit and a body it cannot parse to Fastify’s own errors', async () => {
    const app = Fastify();
    await app.register(moinSessions, { sessions: sessions(), formLimit: 64 });
    for (const path of ['/', '/login']) app.post(path, async () => 'fine');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const payload = `x=${'x'.repeat(64)}`;
    for (const url of ['/', '/login'])
      expect((await app.inject({ method: 'POST', url, payload, headers })).statusCode).toBe(415);
    const small = { method: 'POST' as const, payload: 'x=1', headers };
    expect((await app.inject({ ...small, url: '/' })).statusCode).toBe(415);
    expect((await app.inject({ ...small, url: '/login' })).statusCode).toBe(200);
    const json = { 'content-type': 'application/json' };
    expect((await app.inject({ method: 'POST', url: '/', payload: '{', headers: json })).statusCode).toBe(
      400,
    );
    await app.close();
  });

  it('a failed save is logged when the application has no onError', async () => {
    const lines: string[] = [];
    const { sessions, store } = makeSite();
    const app = Fastify({
      logger: { level: 'error', stream: { write: (line: string) => void lines.push(line) } },
    });
    await app.register(moinSessions, { sessions });
    app.get('/', async ({ session }) => {
      session.set('x', 1);
      return 'fine';
    });
    const cookie = String((await app.inject('/')).headers['set-cookie']).split(';')[0] ?? '';
    store.broken = true;
    expect((await app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(500);
    expect(lines.join()).toContain('the disk is full');
    await app.close();
  });

  it('without sessions the error says what is missing', async () => {
    const app = Fastify();
    await expect(app.register(moinSessions, {} as never)).rejects.toThrow(
      'app.register(moinSessions, { sessions })',
    );
  });
});
