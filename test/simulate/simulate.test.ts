import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { HOUR } from '../../src/base/clock.js';
import type { SessionsOptions } from '../../src/config/options.js';
import { type SimulateOptions, simulate } from '../../src/simulate.js';
import { makeSite, type Site, simulateOptions, visitorWith } from '../aid/site.js';

const LOGIN = { form: { login: true, name: 'alice', password: 'alice' } };

function withCookie(value: string | undefined) {
  return { headers: { cookie: `other=1; MOIN_SESSION=${value}` } };
}

/** Runs it, and checks what must hold of every run: the store is only read, and no token is shown (spec 7). */
async function run(site: Site, options: SimulateOptions, more: SessionsOptions = {}) {
  const before = await site.store.contents();
  site.store.newCalls();
  const told = site.events.length;
  const simulation = await simulate(simulateOptions(site, more), options);
  const writes = site.store.newCalls().filter((call) => ['create', 'update', 'delete'].includes(call));
  expect(writes).toEqual([]);
  expect(await site.store.contents()).toEqual(before);
  expect(site.events).toHaveLength(told);
  expect(JSON.stringify(simulation)).not.toMatch(/[A-Za-z0-9_-]{43}/);
  return simulation;
}

describe('simulate (spec 7)', () => {
  it('gives JSON of the documented shape', async () => {
    const site = makeSite();
    const browser = site.browser();
    const { session } = await browser.logIn('alice');
    await browser.visit({}, (own) => own.set('draft', 'not shown'));
    site.pass(HOUR);
    const simulation = await run(site, { request: withCookie(browser.cookie) });
    expect(JSON.parse(JSON.stringify(simulation))).toEqual({
      at: '2030-01-01T01:00:00.000Z',
      requests: [
        {
          cookies: [{ name: 'MOIN_SESSION', kind: 'user', verdict: 'ok', sessionId: session.id, secret: 0 }],
          otherCookies: ['other'],
          steps: [
            step('by_header', 'passed', false),
            step('moin_login', 'not-a-login', false),
            { ...step('moin_session', 'restored', true), userBefore: null },
            step('moin_anon_session', 'already-available', true),
          ],
          user: { id: 'u-alice', name: 'alice', method: 'moin_login' },
          session: { available: true, id: session.id, kind: 'user', isNew: false, keys: ['draft'] },
          setCookies: [
            {
              name: 'MOIN_SESSION',
              kind: 'user',
              action: 'set',
              maxAge: 12 * 3600,
              attributes: [
                'Path=/',
                'Expires=Tue, 01 Jan 2030 13:00:00 GMT',
                'Max-Age=43200',
                'HttpOnly',
                'SameSite=Lax',
              ],
            },
          ],
          writes: [{ action: 'update', id: session.id }],
        },
      ],
    });
  });

  function step(method: string, reason: string, hasUser: boolean) {
    const user = hasUser ? { id: 'u-alice', name: 'alice', method: 'moin_login', valid: true } : null;
    const texts = { text: expect.any(String), effects: [] };
    return { method, userBefore: user, userAfter: user, continue: true, reason, ...texts };
  }

  it('never writes, and says what would have been written: a login over an anonymous session', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const [old] = await site.records();
    const { requests } = await run(site, { request: { ...LOGIN, ...withCookie(browser.cookie) } });
    const id = requests[0]?.session?.id;
    expect(requests[0]?.session?.keys).toEqual(['cart']);
    expect(requests[0]?.writes).toEqual([
      { action: 'create', id },
      { action: 'delete', id: old?.id },
    ]);
    expect(JSON.stringify(requests)).not.toContain('"alice"}}');
    expect((await browser.visit()).session.get('cart')).toBe('apple');
  });

  it('--repeat keeps cookies as a browser would, sends the form once, and keeps other cookies', async () => {
    const site = makeSite();
    const seen: unknown[] = [];
    const watch: AuthMethod = {
      name: 'watch',
      authenticate(_, { cookies, user, login }) {
        seen.push([cookies.get('a'), login]);
        return { user, continue: true };
      },
    };
    const auth = [watch, 'moin_login', 'moin_session', 'moin_anon_session'] as const;
    const request = { ...LOGIN, headers: { Cookie: 'a=1; b=2' } };
    const { requests } = await run(site, { request, repeat: 3 }, { auth });
    expect(requests.map(({ user }) => user?.name)).toEqual(['alice', 'alice', 'alice']);
    expect(requests.map(({ steps }) => steps[2]?.reason)).toEqual(['login', 'restored', 'restored']);
    expect(seen).toEqual([
      ['1', true],
      ['1', false],
      ['1', false],
    ]);
  });

  it('--repeat: a deleted cookie is not sent again', async () => {
    const site = makeSite();
    const { requests } = await run(
      site,
      { request: withCookie('forged'), repeat: 2 },
      { auth: ['moin_session'] },
    );
    expect(requests.map(({ steps }) => steps[0]?.reason)).toEqual(['malformed-cookie', 'no-cookie']);
  });

  it('--repeat: a Secure cookie is not kept over http; over HTTPS and behind a trusted proxy it is', async () => {
    const site = makeSite();
    const reasons = async (request: object, more: SessionsOptions) => {
      const { requests } = await run(
        site,
        { request, repeat: 2 },
        { auth: ['moin_session', 'moin_anon_session'], ...more },
      );
      return requests.map(({ steps }) => steps[0]?.reason);
    };
    const cookieName = '__Host-MOIN_SESSION';
    expect(await reasons({}, { cookieName })).toEqual(['no-cookie', 'no-cookie']);
    expect(await reasons({ secure: true }, { cookieName })).toEqual(['no-cookie', 'anonymous-new']);
    const proxied = { headers: { 'x-forwarded-proto': 'https' }, remoteAddress: '10.0.0.1' };
    expect(await reasons(proxied, { trustProxy: ['10.0.0.1'] })).toEqual(['no-cookie', 'anonymous-new']);
  });

  it('spec 7: setCookies shows the attributes that the options give, and maxAge null for a browser session', async () => {
    const more = {
      cookieDomain: 'wiki.example',
      cookiePath: '/wiki',
      cookieSameSite: 'None',
      cookieSecure: true,
      cookiePartitioned: true,
      browserSession: true,
    } as const;
    const { requests } = await run(makeSite(), { request: LOGIN }, more);
    const attributes = [
      'Path=/wiki',
      'Domain=wiki.example',
      'HttpOnly',
      'SameSite=None',
      'Secure',
      'Partitioned',
    ];
    expect(requests[0]?.setCookies).toMatchObject([{ action: 'set', maxAge: null, attributes }]);
  });

  it('--repeat: a cookie is kept for its path and its domain alone, as by a browser', async () => {
    const site = makeSite();
    const reasons = async (request: object, more: SessionsOptions) => {
      const auth = ['moin_session', 'moin_anon_session'] as const;
      const { requests } = await run(site, { request, repeat: 2 }, { auth, ...more });
      return requests[1]?.steps[0]?.reason;
    };
    const wiki = { cookiePath: '/wiki' };
    expect(await reasons({ url: '/wiki/page?x=/' }, wiki)).toBe('anonymous-new');
    expect(await reasons({ url: '/wikis' }, wiki)).toBe('no-cookie');
    // Where no URL is given, a page that the cookie is for.
    expect(await reasons({}, wiki)).toBe('anonymous-new');
    const domain = { cookieDomain: 'wiki.example' };
    for (const host of ['wiki.example:8080', 'en.WIKI.example'])
      expect(await reasons({ headers: { host } }, domain)).toBe('anonymous-new');
    for (const host of ['example', 'xwiki.example', 'localhost:3000'])
      expect(await reasons({ headers: { host } }, domain)).toBe('no-cookie');
    expect(await reasons({}, domain)).toBe('anonymous-new');
  });

  it.each([
    ['a Domain that is not the host’s', { cookieDomain: 'example.com' }, { host: 'localhost' }],
    ['Secure over http', { cookieSecure: true }, {}],
  ])(
    '--repeat: the cookie that came in stays where a browser ignores the new one or the deletion: %s',
    async (_, more, headers) => {
      const site = makeSite();
      const browser = site.browser();
      await browser.logIn('alice');
      site.pass(HOUR);
      const sent = (cookie = '') => ({ request: { headers: { ...withCookie(cookie).headers, ...headers } } });
      const refreshed = await run(site, { ...sent(browser.cookie), repeat: 2 }, more);
      expect(refreshed.requests[0]?.setCookies).toMatchObject([{ action: 'set', kind: 'user' }]);
      expect(refreshed.requests.map(({ user }) => user?.name)).toEqual(['alice', 'alice']);
      const deleted = await run(site, { ...sent('forged'), repeat: 2 }, { ...more, auth: ['moin_session'] });
      expect(deleted.requests.map(({ steps }) => steps[0]?.reason)).toEqual([
        'malformed-cookie',
        'malformed-cookie',
      ]);
    },
  );

  it('--at looks at things as of another moment', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const at = site.time.now + 12 * HOUR;
    const { at: shown, requests } = await run(site, { request: withCookie(browser.cookie), at });
    expect(shown).toBe('2030-01-01T12:00:00.000Z');
    expect(requests[0]?.steps[2]?.reason).toBe('refused-expired');
  });

  it('where no secret was made yet, none is made, and no cookie is good', async () => {
    const site = makeSite();
    const asked: boolean[] = [];
    const secret = async ({ create }: { create: boolean }) => {
      asked.push(create);
      return null;
    };
    const browser = site.browser();
    await browser.logIn('alice');
    const { secrets: _, ...options } = simulateOptions(site);
    const store = Object.assign(site.store, { secret });
    const { requests } = await simulate({ ...options, store }, { request: withCookie(browser.cookie) });
    expect(requests[0]?.cookies[0]?.verdict).toBe('bad-signature');
    expect(asked).toEqual([false]);
  });

  it('lets a signal in between two requests, however many are sent', async () => {
    const site = makeSite();
    let heard = false;
    const seen: boolean[] = [];
    const watch: AuthMethod = {
      name: 'watch',
      authenticate: (_request, { user }) => {
        seen.push(heard);
        return { user, continue: true };
      },
    };
    setImmediate(() => {
      heard = true;
    });
    await run(site, { request: {}, repeat: 3 }, { auth: [watch] });
    expect(seen.at(-1)).toBe(true);
  });

  it('shows no password either', async () => {
    const site = makeSite();
    const form = { login: true, name: 'alice', password: 'hunter2' };
    expect(JSON.stringify(await run(site, { request: { form } }))).not.toContain('hunter2');
  });
});
