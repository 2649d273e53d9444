import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loginForm } from '../../../src/http/login-form.js';
import type { LoginForm } from '../../../src/index.js';
import { moinSessions } from '../../../src/web/express.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { withSessions } from '../../../src/web/node.js';
import { makeSite, type Site } from '../../aid/site.js';
import { listen, type Running } from '../../aid/web/listen.js';

let site: Site;
let running: Running;

beforeEach(() => {
  site = makeSite();
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const LOGIN = 'login=1&name=alice&password=alice';

describe('the fields of a login', () => {
  it.each([
    [
      { login: '', name: 'a', password: 'b' },
      { login: true, name: 'a', password: 'b' },
    ],
    [
      { login: true, rememberMe: 'on' },
      { login: true, rememberMe: true },
    ],
    [
      { login: false, logout: '0', rememberMe: 'false' },
      { login: false, logout: false, rememberMe: false },
    ],
    [{ login: ['1', '1'], name: { a: 1 }, password: 5 }, { login: false }],
    [Object.create({ login: '1' }), { login: false }],
  ])('%j are %j', (body, form) => {
    const nothing: LoginForm = { login: false, logout: false, rememberMe: false };
    expect(loginForm(body)).toEqual({ ...nothing, ...form });
  });

  it('a body that is not an object has no login fields', () => {
    for (const body of [undefined, null, 'login=1', 7]) expect(loginForm(body)).toEqual({});
  });
});

describe('the reader of small forms, on Node', () => {
  beforeEach(async () => {
    const handler = withSessions(
      site.sessions,
      async (incoming, response) => {
        response.end(JSON.stringify({ user: incoming.visit.user?.name ?? null, body: await text(incoming) }));
      },
      { formLimit: 64 },
    );
    running = await listen(createServer(handler));
  });

  afterEach(() => running.close());

  const post = async (body: string | Buffer, headers: Record<string, string>) =>
    (await fetch(`${running.origin}/login`, { method: 'POST', body: body as string, headers })).json();

  it('reads a form ahead, and leaves it for the application', async () => {
    expect(await post(LOGIN, FORM)).toEqual({ user: 'alice', body: LOGIN });
    const type = { 'content-type': 'Application/X-WWW-Form-URLencoded; charset=utf-8' };
    expect(await post(LOGIN, type)).toMatchObject({ user: 'alice' });
  });

  it.each([
    [
      'JSON of another type',
      '{"login":true,"name":"alice","password":"alice"}',
      { 'content-type': 'text/plain' },
    ],
    ['a body without a type', LOGIN, { 'content-type': '' }],
    ['a form that is too large', `${LOGIN}&x=${'x'.repeat(64)}`, FORM],
    ['another type that begins so', LOGIN, { 'content-type': 'application/x-www-form-urlencoded-not' }],
  ])('leaves %s untouched for the application', async (_what, body, headers) => {
    expect(await post(body, headers)).toEqual({ user: null, body });
  });

  it('leaves a compressed form to the application', async () => {
    const compressed = gzipSync(LOGIN);
    expect(await post(compressed, { ...FORM, 'content-encoding': 'gzip' })).toMatchObject({ user: null });
  });

  it('methods other than POST log nobody in', async () => {
    const response = await fetch(`${running.origin}/login`, { method: 'PUT', body: LOGIN, headers: FORM });
    expect(await response.json()).toEqual({ user: null, body: LOGIN });
  });
});

describe('a body that was parsed before', () => {
  it('is used as it is: JSON logs in too, and a mounted router changes no URL', async () => {
    const app = express();
    app.use(express.json());
    const loginPaths = ['/api/login'];
    app.use('/api', moinSessions(site.sessions, { loginPaths }));
    app.use(moinSessions(site.sessions, { loginPaths }));
    app.post('/api/login', ({ visit }, response) => void response.json(visit.user?.name ?? null));
    running = await listen(createServer(app));
    const body = JSON.stringify({ login: true, name: 'alice', password: 'alice' });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${running.origin}/api/login`, { method: 'POST', body, headers });
    expect(await response.json()).toBe('alice');
    expect(site.users.checks).toBe(1);
    await running.close();
  });

  it.each([
    ['text', express.text({ type: () => true })],
    ['bytes', express.raw({ type: () => true })],
  ])('as %s, by a raw parser, it is parsed by its content type, up to formLimit', async (_what, parser) => {
    const app = express().use(parser, moinSessions(site.sessions, { formLimit: 100 }));
    app.post('/login', ({ visit, body }, response) => {
      response.json([visit.user?.name ?? null, String(body).length]);
    });
    running = await listen(createServer(app));
    const post = async (body: string, type: string) => {
      const headers = { 'content-type': type };
      return (await fetch(`${running.origin}/login`, { method: 'POST', body, headers })).json();
    };
    const json = JSON.stringify({ login: true, name: 'alice', password: 'alice' });
    expect(await post(json, 'application/json')).toEqual(['alice', json.length]);
    expect(await post(LOGIN, FORM['content-type'])).toEqual(['alice', LOGIN.length]);
    expect(await post(json, 'text/plain')).toEqual([null, json.length]);
    const large = `${LOGIN}&x=${'x'.repeat(100)}`;
    expect(await post(large, FORM['content-type'])).toEqual([null, large.length]);
    await running.close();
  });

  it('may have other fields, with the option form', async () => {
    const form = (body: unknown) => {
      const { user, pass } = body as Record<string, string>;
      return { login: user !== undefined, name: user ?? '', password: pass ?? '' };
    };
    const handler = withSessions(site.sessions, ({ visit }, response) => response.end(visit.user?.name), {
      form,
    });
    running = await listen(createServer(handler));
    const response = await fetch(`${running.origin}/login`, {
      method: 'POST',
      body: 'user=alice&pass=alice',
      headers: FORM,
    });
    expect(await response.text()).toBe('alice');
    await running.close();
  });
});

describe('Request and Response', () => {
  it('the option form gets undefined for a body that was not read', async () => {
    const bodies: unknown[] = [];
    const form = (body: unknown) => {
      bodies.push(body);
      return {};
    };
    const answer = withFetch(site.sessions, () => new Response(), { form });
    for (const type of ['text/plain', 'application/json', FORM['content-type']])
      await answer(
        new Request('http://x/login', { method: 'POST', body: 'a=1', headers: { 'content-type': type } }),
      );
    expect(bodies).toEqual([undefined, undefined, { a: '1' }]);
  });

  const handler = withFetch(
    makeSite().sessions,
    async (request, visit) => Response.json({ user: visit.user?.name ?? null, body: await request.text() }),
    { formLimit: 64, connection: () => ({ remoteAddress: '192.0.2.1' }) },
  );

  it('a form is read from a copy, with or without its length', async () => {
    const request = new Request('http://x/login', { method: 'POST', body: LOGIN, headers: FORM });
    expect(await (await handler(request)).json()).toEqual({ user: 'alice', body: LOGIN });
  });

  it('a form that is too large logs nobody in, and the application can read all of it', async () => {
    const body = `${LOGIN}&x=${'x'.repeat(64)}`;
    for (const length of [undefined, String(body.length)]) {
      const headers = { ...FORM, ...(length && { 'content-length': length }) };
      const request = new Request('http://x/login', { method: 'POST', body, headers });
      expect(await (await handler(request)).json()).toEqual({ user: null, body });
    }
  });

  it('a cookie over HTTPS is Secure (spec 4)', async () => {
    const plain = await handler(new Request('http://x/'));
    const secure = await handler(new Request('https://x/'));
    expect(plain.headers.get('set-cookie')).not.toContain('Secure');
    expect(secure.headers.get('set-cookie')).toContain('; Secure');
  });

  it('a visitor who leaves in the middle of a stream: the values it set are saved', async () => {
    const { sessions, store } = makeSite();
    let pulled = 0;
    const streaming = withFetch(sessions, (_request, { session }) => {
      const body = new ReadableStream({
        pull(controller) {
          session.set('pulled', ++pulled);
          controller.enqueue(new Uint8Array(10));
        },
      });
      return new Response(body);
    });
    const first = await streaming(new Request('http://x/'));
    await first.body?.cancel();
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const response = await streaming(new Request('http://x/', { headers: { cookie } }));
    const reader = response.body?.getReader();
    const before = pulled;
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    expect(pulled).toBeGreaterThan(before);
    const entries = [];
    for await (const entry of store.scan()) entries.push(entry.record?.data);
    expect(entries).toEqual([{ pulled }]);
  });
});
