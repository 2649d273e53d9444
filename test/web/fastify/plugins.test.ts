import csrf from '@fastify/csrf-protection';
import flash from '@fastify/flash';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moinSessions } from '../../../src/web/fastify.js';
import { onlyRecord } from '../../aid/records.js';
import { makeSite, type Site } from '../../aid/site.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';

let site: Site;
let app: FastifyInstance;
let browser: HttpBrowser | null;

beforeEach(async () => {
  site = makeSite();
  browser = null;
  app = Fastify();
  await app.register(moinSessions, { sessions: site.sessions });
});

afterEach(() => app.close());

/** Sends a request over HTTP, and starts the server before the first one. */
async function visit(url: string, init: RequestInit = {}): Promise<Response> {
  browser ??= new HttpBrowser(await app.listen({ port: 0, host: '127.0.0.1' }));
  return browser.fetch(url, init);
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const LOGIN: RequestInit = { method: 'POST', body: 'login=1&name=alice&password=alice', headers: FORM };

describe('spec 5: @fastify/flash works behind ours', () => {
  beforeEach(async () => {
    await app.register(flash);
    app.post('/', async (request, reply) => {
      request.flash('info', ['saved', 'and mailed']);
      request.flash('warning', 'nearly full');
      return reply.redirect('/');
    });
    app.get('/', async (_request, reply) => reply.flash());
    app.post('/login', async (request, reply) => {
      request.flash('info', `welcome ${request.visit.user?.name}`);
      return reply.redirect('/');
    });
  });

  it('a message lives from one response to the next, and is shown once', async () => {
    await visit('/');
    await visit('/', { method: 'POST' });
    expect(await (await visit('/')).json()).toEqual({
      info: ['saved', 'and mailed'],
      warning: ['nearly full'],
    });
    expect(await (await visit('/')).json()).toEqual({});
    expect((await onlyRecord(site.store)).data).toEqual({ flash: {} });
  });

  it('S4: the very first response may be a login, and its message arrives', async () => {
    await visit('/login', LOGIN);
    expect(await (await visit('/')).json()).toEqual({ info: ['welcome alice'] });
  });
});

describe('spec 5: @fastify/csrf-protection works behind ours, as with @fastify/secure-session', () => {
  beforeEach(async () => {
    await app.register(csrf, { sessionPlugin: '@fastify/secure-session' });
    app.get('/form', async (_request, reply) => reply.generateCsrf());
    app.post('/form', { preHandler: app.csrfProtection }, async () => 'done');
    app.post('/login', async (_request, reply) => reply.generateCsrf());
  });

  it('a returning visitor posts with the token of the page, and not without', async () => {
    await visit('/form');
    const token = await (await visit('/form')).text();
    const post = (value: string) => visit('/form', { method: 'POST', headers: { 'csrf-token': value } });
    expect(await (await post(token)).text()).toBe('done');
    expect((await post(`${token}x`)).status).toBe(403);
    expect((await post('')).status).toBe(403);
  });

  it('a token in a field of a form, which @fastify/formbody parses', async () => {
    await app.register(formbody);
    await visit('/form');
    const token = await (await visit('/form')).text();
    const payload = `_csrf=${encodeURIComponent(token)}`;
    expect(await (await visit('/form', { method: 'POST', body: payload, headers: FORM })).text()).toBe(
      'done',
    );
  });

  it('S4: the very first response may be a login with the token of its page', async () => {
    const token = await (await visit('/login', LOGIN)).text();
    const headers = { 'csrf-token': token };
    expect(await (await visit('/form', { method: 'POST', headers })).text()).toBe('done');
  });

  it('S1: a first visit keeps no secret, so its token is refused: the session is not available yet', async () => {
    const token = await (await visit('/form')).text();
    const headers = { 'csrf-token': token };
    expect((await visit('/form', { method: 'POST', headers })).status).toBe(403);
  });
});

describe('spec 5: content type parsers that are there already', () => {
  /** As NestJS's adapter for Fastify registers its own when the application starts. */
  const nest = (instance: FastifyInstance) => {
    for (const type of ['application/json', FORM['content-type']])
      instance.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => {
        const text = body.toString();
        done(
          null,
          type === 'application/json' ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text)),
        );
      });
  };
  const own = {
    'of NestJS': async (instance: FastifyInstance) => nest(instance),
    'of @fastify/formbody': async (instance: FastifyInstance) => void (await instance.register(formbody)),
    'for everything': async (instance: FastifyInstance) =>
      void instance.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
        done(null, body),
      ),
  };

  it.each(
    Object.entries(own).flatMap(([name, add]) => [
      [name, 'before', add] as const,
      [name, 'behind', add] as const,
    ]),
  )('parsers %s, %s ours: the application starts, and forms log in', async (_name, when, add) => {
    app = Fastify();
    if (when === 'before') await add(app);
    await app.register(moinSessions, { sessions: site.sessions });
    if (when === 'behind') await add(app);
    app.post('/login', async (request) => request.visit.user?.name ?? null);
    expect(await (await visit('/login', LOGIN)).text()).toBe('alice');
  });

  it('a plugin with parsers of its own keeps them, and other plugins do not get them', async () => {
    await app.register(async (inner) => {
      await inner.register(formbody);
      inner.post('/inner/login', async ({ body, visit: { user } }) => ({ user: user?.name ?? null, body }));
    });
    app.post('/outer', async () => 'fine');
    const inner = await visit('/inner/login', LOGIN);
    expect(await inner.json()).toEqual({
      user: null,
      body: { login: '1', name: 'alice', password: 'alice' },
    });
    expect((await visit('/outer', LOGIN)).status).toBe(415);
  });
});
