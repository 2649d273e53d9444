import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSessions,
  FileUserDirectory,
  MemoryStore,
  StoreError,
  TooManyLoginsError,
} from 'moin-sessions';
import { Browser, loggedIn, testClock, visitor } from 'moin-sessions/testing';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createShop } from './app.js';
import { CartStreams } from './cart-streams.js';
import { Catalogue } from './catalogue.js';
import config from './moin-sessions.config.mjs';

const PASSWORD = 'a good password';
/** Ones that cost nothing: the tests add users again and again. */
const scrypt = { cost: 2, blockSize: 1, parallelization: 1 };

let folder: string;
let shop: ReturnType<typeof open>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moin-shop-'));
  shop = open();
  await shop.users.add('alice', PASSWORD);
  await shop.users.add('edith', PASSWORD, { roles: ['editor'] });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The shop with its own configuration, but in memory and with a clock to turn. */
function open(store = new MemoryStore()) {
  const clock = testClock();
  const users = new FileUserDirectory(join(folder, 'users.json'), { scrypt });
  const secrets = 'a secret for tests, 32 bytes or more';
  const sessions = createSessions({ ...config, store, users, secrets, clock });
  const catalogue = new Catalogue();
  const streams = new CartStreams(sessions);
  return {
    clock,
    users,
    sessions,
    catalogue,
    streams,
    app: createShop({ sessions, users, catalogue, streams }),
  };
}

/** A page, in this browser. */
async function get(browser: Browser, path: string, userAgent = 'Firefox/140.0') {
  const headers = { cookie: browser.cookieHeader(), 'user-agent': userAgent };
  const response = await request(shop.app).get(path).set(headers);
  browser.receive(response.headers);
  return response;
}

/** The token in the forms of a page. */
async function tokenOn(browser: Browser, path: string): Promise<string> {
  const { text } = await get(browser, path);
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
}

/** Sends a form as it is. */
async function send(browser: Browser, path: string, fields: object) {
  const headers = { cookie: browser.cookieHeader(), 'user-agent': 'Firefox/140.0' };
  const response = await request(shop.app).post(path).set(headers).type('form').send(fields);
  browser.receive(response.headers);
  return response;
}

/** Opens a page and sends a form of it, with its token. */
async function submit(browser: Browser, page: string, path: string, fields: object = {}) {
  return send(browser, path, { csrf: await tokenOn(browser, page), ...fields });
}

function logIn(browser: Browser, name: string, password = PASSWORD, more: object = {}) {
  return send(browser, '/login', { login: '1', name, password, ...more });
}

async function nameOn(browser: Browser): Promise<string | undefined> {
  return /<span id="user">([^<]*)</.exec((await get(browser, '/')).text)?.[1];
}

async function cartOn(browser: Browser): Promise<number> {
  return Number(/<span id="cart">(\d+)</.exec((await get(browser, '/')).text)?.[1]);
}

describe('the cart', () => {
  it('of the very first page is kept, and survives the login under a new token (S4)', async () => {
    const browser = new Browser(shop.sessions);
    expect((await submit(browser, '/', '/cart', { id: 'tea' })).status).toBe(303);
    expect(await cartOn(browser)).toBe(1);
    const before = browser.cookieHeader();
    expect((await logIn(browser, 'alice')).headers.location).toBe('/');
    expect(browser.cookieHeader()).not.toBe(before);
    expect([await nameOn(browser), await cartOn(browser)]).toEqual(['alice', 1]);
  });

  it('counts both of two clicks at the same time (I1)', async () => {
    const browser = await visitor(shop.sessions);
    const form = { csrf: await tokenOn(browser, '/'), id: 'tea' };
    await Promise.all([send(browser, '/cart', form), send(browser, '/cart', form)]);
    expect(await cartOn(browser)).toBe(2);
  });

  it('takes neither what is sold out nor what does not exist', async () => {
    const browser = await visitor(shop.sessions);
    for (const id of ['cup', '__proto__', ['tea', 'tea']]) {
      expect((await submit(browser, '/', '/cart', { id })).status).toBe(409);
    }
    expect(await cartOn(browser)).toBe(0);
  });
});

describe('the login', () => {
  it('says that name or password is wrong, and leaves the visitor as they were (S5)', async () => {
    const browser = await visitor(shop.sessions);
    await submit(browser, '/', '/cart', { id: 'tea' });
    const cookie = browser.cookieHeader();
    for (const name of ['alice', '"><b>nobody']) {
      const { status, text } = await logIn(browser, name, 'a wrong password');
      expect([status, text]).toEqual([401, expect.stringContaining('Wrong name or password.')]);
      expect(text).not.toContain('<b>nobody');
    }
    expect([browser.cookieHeader(), await cartOn(browser)]).toEqual([cookie, 1]);
  });

  it('lasts over a restart of the browser with "remember me", and else ends with it', async () => {
    const browser = await visitor(shop.sessions);
    await logIn(browser, 'alice', PASSWORD, { rememberMe: '1' });
    browser.jar.restart();
    shop.clock.advance({ days: 30 });
    expect(await nameOn(browser)).toBe('alice');
    await logIn(browser, 'alice');
    browser.jar.restart();
    expect(await nameOn(browser)).toBeUndefined();
  });

  it('ends after half a day without use', async () => {
    const browser = await loggedIn(shop.sessions, 'alice');
    shop.clock.advance({ hours: 11.9 });
    expect(await nameOn(browser)).toBe('alice');
    shop.clock.advance({ hours: 12 });
    expect(await nameOn(browser)).toBeUndefined();
  });

  it('that is one of too many is refused for the moment, with a page that says so', async () => {
    const browser = await visitor(shop.sessions);
    shop.users.verifyPassword = () => Promise.reject(new TooManyLoginsError(50));
    const { status, headers, text } = await logIn(browser, 'alice');
    expect([status, headers['retry-after']]).toEqual([429, '10']);
    expect(text).toContain('Too many people log in');
  });

  it('of a user who is disabled is over at the next click (S3)', async () => {
    const browser = await loggedIn(shop.sessions, 'alice');
    expect((await get(browser, '/devices')).status).toBe(200);
    await shop.users.setDisabled('alice', true);
    expect((await get(browser, '/devices')).headers.location).toBe('/login');
    expect((await logIn(browser, 'alice')).status).toBe(401);
  });
});

describe('a sign-up', () => {
  it('logs in from the route, keeps the cart, and gives no role', async () => {
    const browser = new Browser(shop.sessions);
    await submit(browser, '/', '/cart', { id: 'tea' });
    const cookie = browser.cookieHeader();
    const { status } = await submit(browser, '/sign-up', '/sign-up', { name: '<i>bob', password: PASSWORD });
    expect(status).toBe(303);
    expect(browser.cookieHeader()).not.toBe(cookie);
    expect((await get(browser, '/')).text).toContain('Welcome, &#60;i&#62;bob!');
    expect([await nameOn(browser), await cartOn(browser)]).toEqual(['&#60;i&#62;bob', 1]);
    expect((await get(browser, '/admin')).status).toBe(403);
    expect((await get(browser, '/devices')).text).toContain('sign-up');
  });

  it.each([
    ['a name that is taken', { name: 'alice', password: PASSWORD }, 'There is a user of this name already.'],
    ['no name', { password: PASSWORD }, 'empty'],
    ['a short password', { name: 'bob', password: 'short' }, '8 characters'],
    ['two passwords', { name: 'bob', password: ['a', PASSWORD] }, '8 characters'],
  ])('with %s says what is wrong, and logs nobody in', async (_, fields, text) => {
    const browser = await visitor(shop.sessions);
    const refused = await submit(browser, '/sign-up', '/sign-up', fields);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(text);
    expect(await nameOn(browser)).toBeUndefined();
    expect(await shop.users.list()).toHaveLength(2);
  });
});

describe('roles', () => {
  it('an editor sees the stock and sets it; others get a 403 and change nothing', async () => {
    const edith = await loggedIn(shop.sessions, 'edith');
    expect((await get(edith, '/')).text).toContain('<a href="/admin">');
    expect((await submit(edith, '/admin', '/admin/stock', { id: 'cup', stock: '7' })).status).toBe(303);
    expect((await get(edith, '/admin')).text).toContain('A cup, 0.2 l: 7 in stock');
    for (const other of [await visitor(shop.sessions), await loggedIn(shop.sessions, 'alice')]) {
      expect((await get(other, '/admin')).status).toBe(403);
      expect((await get(other, '/')).text).not.toContain('/admin');
      expect((await submit(other, '/', '/admin/stock', { id: 'cup', stock: '1' })).status).toBe(403);
    }
    expect(shop.catalogue.find('cup')?.stock).toBe(7);
  });

  it.each(['-1', '1.5', 'many', '', '10000'])('a stock of %j is refused', async (stock) => {
    const edith = await loggedIn(shop.sessions, 'edith');
    expect((await submit(edith, '/admin', '/admin/stock', { id: 'tea', stock })).status).toBe(400);
    expect(shop.catalogue.find('tea')?.stock).toBe(40);
  });
});

describe('devices', () => {
  it('a user sees where they are logged in, and logs out the others', async () => {
    const [desk, phone] = [await visitor(shop.sessions), await visitor(shop.sessions)];
    for (const browser of [desk, phone]) await logIn(browser, 'alice');
    shop.clock.advance({ hours: 2 });
    await get(phone, '/', 'iPhone Safari/604.1');
    const edith = await loggedIn(shop.sessions, 'edith');
    const { text } = await get(desk, '/devices');
    expect(text.match(/<td>/g)).toHaveLength(2 * 3);
    expect(text).toMatch(/Firefox on another system\s*<b>this one/);
    expect(text).toContain('Safari on iPhone');
    expect(text).toContain('127.0.0.1');
    await submit(desk, '/devices', '/devices/end-others');
    expect((await get(desk, '/devices')).text).toContain('Logged out: 1');
    expect([await nameOn(desk), await nameOn(phone), await nameOn(edith)]).toEqual([
      'alice',
      undefined,
      'edith',
    ]);
  });
});

describe('forms', () => {
  it('without the token of this session are refused, and do nothing', async () => {
    const [browser, other] = [await visitor(shop.sessions), await visitor(shop.sessions)];
    const csrf = await tokenOn(other, '/');
    for (const fields of [{}, { csrf: '' }, { csrf }, { csrf: [csrf, csrf] }])
      expect((await send(browser, '/cart', { id: 'tea', ...fields })).status).toBe(403);
    expect(await cartOn(browser)).toBe(0);
  });

  it.each(['login', 'sign-up'])('the token of before a %s does not count after it', async (way) => {
    const browser = await visitor(shop.sessions);
    const csrf = await tokenOn(browser, '/');
    if (way === 'login') await logIn(browser, 'alice');
    else await submit(browser, '/sign-up', '/sign-up', { name: 'bob', password: PASSWORD });
    expect((await send(browser, '/cart', { id: 'tea', csrf })).status).toBe(403);
    expect((await submit(browser, '/', '/cart', { id: 'tea' })).status).toBe(303);
  });

  it('of another site log nobody in', async () => {
    const post = request(shop.app).post('/login').set({ origin: 'https://evil.example' });
    const { status, text } = await post.type('form').send({ login: '1', name: 'alice', password: PASSWORD });
    expect([status, text]).toEqual([401, expect.stringContaining('Another site sent the form')]);
  });

  it('a message is shown once', async () => {
    const browser = await visitor(shop.sessions);
    await submit(browser, '/', '/cart', { id: 'kluntjes' });
    expect((await get(browser, '/favicon.ico')).text).not.toContain('In your cart');
    expect((await get(browser, '/cart')).text).toContain('In your cart: Kluntjes &#38; sugar tongs');
    expect((await get(browser, '/cart')).text).not.toContain('In your cart');
  });
});

describe('a picture', () => {
  const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  );

  async function upload(browser: Browser, bytes: Buffer, csrf?: string) {
    const token = csrf ?? (await tokenOn(browser, '/admin'));
    const post = request(shop.app).post('/admin/picture').set('Cookie', browser.cookieHeader());
    return post.field('csrf', token).field('id', 'tea').attach('picture', bytes, 'x.png');
  }

  it('is uploaded by an editor and shown to all', async () => {
    const edith = await loggedIn(shop.sessions, 'edith');
    expect((await upload(edith, PNG)).status).toBe(303);
    const { body, headers } = await request(shop.app).get('/pictures/tea').expect(200);
    expect([body, headers['content-type'], headers['set-cookie']]).toEqual([PNG, 'image/png', undefined]);
  });

  it.each([
    ['too large', Buffer.concat([PNG, Buffer.alloc(300 * 1024)]), 413, 'too large'],
    ['no picture', Buffer.from('<script>alert(1)</script>'), 415, 'PNG or a JPEG'],
    ['empty', Buffer.alloc(0), 415, 'PNG or a JPEG'],
  ])('that is %s is refused, and the old one stays', async (_, bytes, status, reason) => {
    const edith = await loggedIn(shop.sessions, 'edith');
    const refused = await upload(edith, bytes);
    expect([refused.status, refused.text]).toEqual([status, expect.stringContaining(reason)]);
    expect(shop.catalogue.find('tea')?.picture).toBeNull();
  });

  it('from a form that is malformed, without the token, or of another user is refused', async () => {
    const edith = await loggedIn(shop.sessions, 'edith');
    const post = request(shop.app).post('/admin/picture').set('Cookie', edith.cookieHeader());
    expect((await post.type('multipart/form-data; boundary=x').send('nonsense')).status).toBe(400);
    expect((await upload(edith, PNG, 'guessed')).status).toBe(403);
    expect((await upload(await loggedIn(shop.sessions, 'alice'), PNG)).status).toBe(403);
    expect(shop.catalogue.find('tea')?.picture).toBeNull();
  });
});

describe('the stream of the cart', () => {
  /** The timer stands, so that the events alone tell. */
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    shop = open();
    return () => void vi.useRealTimers();
  });

  /** Opens the stream, and returns a function that waits for its next event; undefined at its end. */
  async function listen(browser: Browser) {
    const server = createServer(shop.app).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close().closeAllConnections());
    await vi.waitUntil(() => server.listening);
    const { port } = server.address() as AddressInfo;
    const headers = { cookie: browser.cookieHeader() };
    const response = await fetch(`http://127.0.0.1:${port}/events`, { headers });
    const events = response.clone().body?.pipeThrough(new TextDecoderStream()).getReader();
    return { response, next: async () => (await events?.read())?.value };
  }

  it('shows what another tab put into the cart', async () => {
    const browser = await visitor(shop.sessions);
    const { next, response } = await listen(browser);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await next()).toBe('data: 0\n\n');
    await submit(browser, '/', '/cart', { id: 'tea' });
    await vi.waitUntil(async () => (await next())?.endsWith('data: 1\n\n'));
  });

  it.each([
    ['logs in', (browser: Browser) => logIn(browser, 'alice')],
    ['logs out', (browser: Browser) => send(browser, '/logout', { logout: '1' })],
  ])('ends when its visitor %s in another tab, so that the browser connects anew', async (_, act) => {
    const browser = await loggedIn(shop.sessions, 'alice');
    const { next } = await listen(browser);
    expect(await next()).toBe('data: 0\n\n');
    await act(browser);
    expect(await next()).toBeUndefined();
  });

  it('ends within a quarter of a minute when its user is disabled', async () => {
    const browser = await loggedIn(shop.sessions, 'alice');
    const { next } = await listen(browser);
    expect(await next()).toBe('data: 0\n\n');
    await shop.users.setDisabled('alice', true);
    vi.advanceTimersByTime(15_000);
    expect(await next()).toBeUndefined();
  });

  it('ends when the shop closes, also while it reads the session, and no new one begins', async () => {
    const browser = await visitor(shop.sessions);
    const { next } = await listen(browser);
    expect(await next()).toBe('data: 0\n\n');
    vi.advanceTimersByTime(15_000);
    shop.streams.close();
    expect(await next()).toBeUndefined();
    const { response } = await listen(browser);
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('is empty for a cookie that a login has just replaced: the browser asks again with the new one', async () => {
    const browser = await visitor(shop.sessions);
    await submit(browser, '/', '/cart', { id: 'tea' });
    const late = browser.copy();
    await logIn(browser, 'alice');
    expect(await (await listen(late)).response.text()).toBe('');
    expect(await (await listen(browser)).next()).toBe('data: 1\n\n');
  });
});

describe('a file without a session', () => {
  it('sets no cookie and is in caches', async () => {
    const { headers } = await request(shop.app).get('/static/cart.js').expect(200);
    expect([headers['cache-control'], headers['set-cookie']]).toEqual(['public, max-age=3600', undefined]);
  });
});

describe('every page', () => {
  it.each(['/', '/login', '/nowhere', '/%'])(
    '%s runs no script of strangers and is in no cache',
    async (path) => {
      const { headers } = await get(new Browser(shop.sessions), path);
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(headers['cache-control']).toContain('no-store');
    },
  );

  it('that the store keeps from being made is a 500 without details, and the log has them', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    onTestFinished(() => log.mockRestore());
    const store = new MemoryStore();
    shop = open(store);
    const browser = await loggedIn(shop.sessions, 'alice');
    store.find = () => Promise.reject(new StoreError('the disk is on fire'));
    const { status, text } = await get(browser, '/');
    expect([status, text]).toEqual([500, expect.stringContaining('Try again in a minute.')]);
    expect(text).not.toContain('fire');
    expect(log.mock.calls).toEqual([[expect.objectContaining({ message: 'the disk is on fire' })]]);
  });
});
