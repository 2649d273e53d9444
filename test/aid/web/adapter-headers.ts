import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../../src/auth/method.js';
import { deferred } from '../deferred.js';
import { LegacySessions, legacySession } from '../legacy-session.js';
import { makeSite } from '../site.js';
import type { App } from './adapter.js';
import { HttpBrowser } from './http-browser.js';
import type { Running } from './listen.js';

/** Repeats the query in a header, as a method does that passes a visitor's text on. A `token` is not to be stored. */
const echo: AuthMethod = {
  name: 'echo',
  authenticate({ url }, { user }) {
    const text = decodeURIComponent(url.split('?')[1] ?? '');
    const headers = () => ({ 'x-text': text, ...(text === 'token' && { 'cache-control': 'no-store' }) });
    return { user, continue: true, ...(text !== '' && { headers }) };
  },
};

/** What every adapter does with a session class and a cookie of the application's own. @param start as in `describeAdapter` */
export function describeAddedHeaders(start: (app: App) => Promise<Running>): void {
  describe('a session class, a cookie and a header of an auth method’s own (spec 3)', () => {
    let legacy: LegacySessions;
    let running: Running;
    let browser: HttpBrowser;
    let errors: unknown[];
    let gate: ReturnType<typeof deferred>;

    beforeEach(async () => {
      legacy = new LegacySessions();
      errors = [];
      gate = deferred();
      const { sessions } = makeSite({ auth: [legacySession(legacy), echo] });
      const onError = (error: unknown) => void errors.push(error);
      running = await start({ sessions, onError, gate: gate.promise });
      browser = new HttpBrowser(running.origin);
    });

    afterEach(() => running.close());

    it('the cookie is set after the first save, refreshed, and deleted', async () => {
      const first = await browser.fetch('/count');
      expect(await first.json()).toEqual({ count: 1, user: null });
      const [id] = [...legacy.kept.keys()];
      const set = [`legacy=${id}; Path=/; Max-Age=60`, 'legacy_hint=1; Path=/'];
      expect(first.headers.getSetCookie()).toEqual(set);
      expect(first.headers.get('x-legacy')).toBe(id);
      expect(first.headers.get('vary')?.toLowerCase()).toContain('cookie');
      const second = await browser.fetch('/count');
      expect(await second.json()).toEqual({ count: 2, user: null });
      expect(second.headers.getSetCookie()).toEqual(set);
      const logout = await browser.post('/logout', { logout: '1' });
      expect(logout.headers.getSetCookie()).toEqual(['legacy=; Path=/; Max-Age=0']);
      expect(logout.headers.get('x-legacy')).toBe('ended');
      expect(await browser.json('/count')).toEqual({ count: 1, user: null });
      expect(legacy.kept.has(String(id))).toBe(false);
    });

    it('a stream, which is committed twice, gets each cookie once', async () => {
      const response = await browser.fetch('/stream');
      gate.resolve();
      expect(await response.text()).toBe('onetwo');
      expect(response.headers.getSetCookie().map((field) => field.split('=')[0])).toEqual([
        'legacy',
        'legacy_hint',
      ]);
      expect([...legacy.kept.values()][0]?.values).toEqual([
        ['first', 1],
        ['second', 2],
      ]);
    });

    it('the application’s own headers stay', async () => {
      const { headers } = await browser.fetch('/headers');
      expect(headers.getSetCookie()).toEqual([
        'own=1',
        expect.stringMatching(/^legacy=/),
        'legacy_hint=1; Path=/',
      ]);
      expect(headers.get('vary')?.toLowerCase()).toBe('accept, cookie');
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('a header goes out without any cookie', async () => {
      const { headers } = await browser.fetch('/nothing?hello');
      expect(headers.get('x-text')).toBe('hello');
      expect(headers.has('set-cookie')).toBe(false);
    });

    it('a response with a token is not stored, even if the route allows it', async () => {
      const { headers } = await browser.fetch('/cached?token');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-text')).toBe('token');
    });

    it('a header that cannot be sent is a 500, told once, and nothing of it reaches the client', async () => {
      const response = await browser.fetch(`/nothing?${encodeURIComponent('\r\nSet-Cookie: evil=1')}`);
      expect(response.status).toBe(500);
      expect([...response.headers].join()).not.toContain('evil');
      expect(errors).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(
            /^auth method echo gives headers that cannot be sent: .*: encode it$/,
          ),
        }),
      ]);
    });
  });
}
