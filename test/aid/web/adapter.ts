import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../../src/auth/method.js';
import type { Sessions } from '../../../src/sessions.js';
import { deferred } from '../deferred.js';
import { onlyRecord } from '../records.js';
import { makeSite, type Site } from '../site.js';
import { type Watched, WatchedStore } from '../watched-store.js';
import { describeAddedHeaders } from './adapter-headers.js';
import { firstVisits } from './first-visit.js';
import { HttpBrowser } from './http-browser.js';
import { type Running, serveOthers } from './listen.js';

export interface App {
  sessions: Sessions;
  onError: (error: unknown) => void;
  /** What `/stream` waits for between its first and its second chunk. */
  gate: Promise<void>;
}

const PERSONAL = 'private, no-cache="Set-Cookie"';

/** The names in `Vary`, without `Accept`, which Express adds to a redirect. */
function varies({ headers }: Response): string[] {
  return (headers.get('vary') ?? '').split(', ').filter((name) => name !== 'Accept');
}

/** Answers `/crooked` with a header value that HTTP forbids, as a strategy does that redirects to a visitor's text. */
const crooked: AuthMethod = {
  name: 'crooked',
  authenticate({ url }, { user }) {
    const response = { status: 302, headers: { location: '/\r\nSet-Cookie: own=1' } };
    return { user, continue: true, ...(url === '/crooked' && { response }) };
  },
};

/**
 * What every adapter does. The application that `start` runs has these routes:
 * `/count` adds 1 to `count` and answers `{count, user}`; `/login` and `/logout` (POST) answer the body's fields; `/go` sets `went` and redirects to `/count`;
 * `/fail` sets `failed` and throws; `/stream` sets `first`, writes `one`, waits for the gate, sets `second`, writes `two`;
 * `/headers` sets `x` and sends its own `Set-Cookie: own=1`, `Vary: Accept` and `Cache-Control: no-store`; `/empty` sets `x` and answers 304;
 * `/nothing` does nothing; `/cached` does nothing and sends `Vary: Accept-Encoding` and `Cache-Control: public, max-age=60`.
 * `/late` does the same without `first`, and sets `late` instead of `second`;
 * @param newStore an empty store for each test. Default: in memory
 */
export function describeAdapter(
  name: string,
  start: (app: App) => Promise<Running>,
  newStore: () => Watched = () => new WatchedStore(),
): void {
  describe(name, () => {
    describeAddedHeaders(start);

    let site: Site<Watched>;
    let running: Running;
    let browser: HttpBrowser;
    let errors: unknown[];
    let gate: ReturnType<typeof deferred>;

    beforeEach(async () => {
      const basic = { method: 'http_basic', realm: 'Test' } as const;
      const auth = ['moin_login', basic, 'moin_session', 'moin_anon_session', crooked] as const;
      site = makeSite({ auth }, newStore());
      errors = [];
      gate = deferred();
      const onError = (error: unknown) => void errors.push(error);
      running = await start({ sessions: site.sessions, onError, gate: gate.promise });
      browser = new HttpBrowser(running.origin);
      await browser.fetch('/count');
    });

    afterEach(async () => {
      await running.close();
      await site.store.close();
    });

    it('A1 S2: a visitor counts from the second request on', async () => {
      expect(await browser.json('/count')).toEqual({ count: 1, user: null });
      expect(await browser.json('/count')).toEqual({ count: 2, user: null });
      expect((await onlyRecord(site.store)).data).toEqual({ count: 2 });
    });

    it('S4 S6: a form logs in, with the visitor’s data, and out again', async () => {
      await browser.fetch('/count');
      const login = { login: '1', name: 'alice', password: 'alice' };
      expect(await (await browser.post('/login', login)).json()).toEqual(login);
      expect(await browser.json('/count')).toEqual({ count: 2, user: 'alice' });
      await browser.post('/logout', { logout: '1' });
      expect(await browser.json('/count')).toMatchObject({ user: null });
    });

    it('a wrong password, and a link with the fields in its query, log nobody in or out', async () => {
      await browser.post('/login', { login: '1', name: 'alice', password: 'no' });
      expect(await browser.json('/count?login=1&name=alice&password=alice')).toMatchObject({ user: null });
      await browser.post('/login', { login: '1', name: 'alice', password: 'alice' });
      expect(await browser.json('/count?logout=1')).toMatchObject({ user: 'alice' });
    });

    it('the last byte waits for the save, of a redirect too (wish 4)', async () => {
      const { log } = site.store;
      const { reached, open } = site.store.hold();
      const response = browser.fetch('/go').then(async (response) => {
        await response.text();
        log.push('answered');
        return response;
      });
      await reached;
      await serveOthers();
      open();
      expect((await response).status).toBe(302);
      expect(log).toEqual(['saved', 'answered']);
      expect((await onlyRecord(site.store)).data).toEqual({ went: true });
    });

    it('a save that fails is a 500 without details, and is told', async () => {
      site.store.broken = true;
      const response = await browser.fetch('/count');
      expect(response.status).toBe(500);
      expect(await response.text()).toBe('Internal Server Error\n');
      expect(errors).toEqual([expect.objectContaining({ message: 'the disk is full: make room' })]);
    });

    it('an error of the handler is a 500, and what was set before is saved', async () => {
      expect((await browser.fetch('/fail')).status).toBe(500);
      expect((await onlyRecord(site.store)).data).toEqual({ failed: true });
    });

    it('what a stream sets after its first byte is saved before its last', async () => {
      const response = await browser.fetch('/stream');
      const reader = response.body?.getReader();
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one');
      expect((await onlyRecord(site.store)).data).toEqual({ first: 1 });
      const { log } = site.store;
      const { reached, open } = site.store.hold();
      let rest = '';
      const ended = (async () => {
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
          rest += Buffer.from(part.value).toString();
        log.push('ended');
      })();
      gate.resolve();
      await reached;
      await serveOthers();
      open();
      await ended;
      expect(rest).toBe('two');
      expect(log).toEqual(['saved', 'saved', 'ended']);
      expect((await onlyRecord(site.store)).data).toEqual({ first: 1, second: 2 });
    });

    it('a save that fails at the end of a stream breaks it off, and is told', async () => {
      const response = await browser.fetch('/stream');
      site.store.broken = true;
      gate.resolve();
      await expect(response.text()).rejects.toThrow();
      expect(errors).toEqual([expect.objectContaining({ message: 'the disk is full: make room' })]);
    });

    it('headers of the application’s own stay, and ours come to them (spec 4)', async () => {
      const { headers } = await browser.fetch('/headers');
      expect(headers.getSetCookie()).toEqual(['own=1', expect.stringMatching(/^MOIN_SESSION=anon\./)]);
      expect(headers.get('vary')?.toLowerCase()).toBe('accept, cookie');
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('a response without a body, and a HEAD, save as all others', async () => {
      expect((await browser.fetch('/empty')).status).toBe(304);
      expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
      const head = await browser.fetch('/count', { method: 'HEAD' });
      expect(head.status).toBe(200);
      expect((await onlyRecord(site.store)).data).toEqual({ x: 1, count: 1 });
    });

    it('what an auth method answers is sent in place of the application’s response', async () => {
      const authorization = `Basic ${Buffer.from('alice:wrong').toString('base64')}`;
      const response = await browser.fetch('/count', { headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Basic realm="Test", charset="UTF-8"');
      expect(await response.text()).toBe('Unauthorized\n');
      expect(await browser.json('/count')).toEqual({ count: 1, user: null });
    });

    it('an answer of an auth method that no header can hold is a 500', async () => {
      const response = await browser.fetch('/crooked');
      expect(response.status).toBe(500);
      expect(response.headers.get('location')).toBeNull();
      expect(response.headers.getSetCookie().join()).not.toContain('own=1');
    });

    it('a store that cannot be read ends the request with a 500, and keeps the cookie', async () => {
      const { cookie } = browser;
      site.store.unreachable = true;
      expect((await browser.fetch('/count')).status).toBe(500);
      site.store.unreachable = false;
      expect(browser.cookie).toBe(cookie);
      expect(await browser.json('/count')).toEqual({ count: 1, user: null });
    });

    it('S8: a request that changes nothing gets no cookie', async () => {
      await browser.fetch('/count');
      const { headers } = await browser.fetch('/nothing');
      expect(headers.has('set-cookie')).toBe(false);
    });

    it('spec 4: every response has Vary: those of the application, of auth methods, of errors, 304 and streams', async () => {
      const authorization = `Basic ${Buffer.from('alice:wrong').toString('base64')}`;
      for (const [path, headers, status] of [
        ['/nothing', {}, 200],
        ['/nowhere', {}, 404],
        ['/count', { authorization }, 401],
        ['/crooked', {}, 500],
        ['/go', {}, 302],
        ['/empty', {}, 304],
        ['/fail', {}, 500],
      ] as const) {
        const response = await browser.fetch(path, { headers });
        expect([path, response.status, varies(response)]).toEqual([path, status, ['Cookie']]);
      }
      const stream = await browser.fetch('/stream');
      expect(varies(stream)).toEqual(['Cookie']);
      gate.resolve();
      await stream.text();
      for (const fault of ['broken', 'unreachable'] as const) {
        site.store[fault] = true;
        const response = await browser.fetch('/count');
        expect([fault, response.status, varies(response)]).toEqual([fault, 500, ['Cookie']]);
        site.store[fault] = false;
      }
    });

    it('spec 4: a response for somebody with a session is private; one for nobody is the application’s to cache', async () => {
      expect((await browser.fetch('/nothing')).headers.get('cache-control')).toBe(PERSONAL);
      site.store.broken = true;
      expect((await browser.fetch('/count')).headers.get('cache-control')).toBe(PERSONAL);
      site.store.broken = false;
      const stranger = new HttpBrowser(running.origin);
      expect((await stranger.fetch('/nothing')).headers.get('cache-control')).toBe(PERSONAL);
      const headers = { origin: 'https://other.example' };
      const foreign = await new HttpBrowser(running.origin).fetch('/login', { method: 'POST', headers });
      expect([foreign.headers.has('set-cookie'), foreign.headers.get('cache-control')]).toEqual([
        false,
        null,
      ]);
      expect(foreign.headers.get('vary')).toBe('Cookie');
    });

    it('spec 4: Cache-Control of the application’s own stays as it is, except that a cookie is not stored', async () => {
      const { headers } = await browser.fetch('/cached');
      expect(headers.get('cache-control')).toBe('public, max-age=60');
      expect(headers.get('vary')).toBe('Accept-Encoding, Cookie');
      const stranger = await new HttpBrowser(running.origin).fetch('/cached');
      expect(stranger.headers.has('set-cookie')).toBe(true);
      expect(stranger.headers.get('cache-control')).toBe('public, max-age=60, no-cache="Set-Cookie"');
    });
  });

  firstVisits(name, start, newStore);
}
