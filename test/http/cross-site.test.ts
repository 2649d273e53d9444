import { describe, expect, it } from 'vitest';
import { type AuthMethod, createSessions, type IncomingRequest } from '../../src/index.js';
import { simulate } from '../../src/simulate.js';
import { byHeader, makeSite, visitorWith } from '../aid/site.js';

const HERE = 'wiki.example';
const EVIL = { host: HERE, origin: 'https://evil.example' };

const post = (
  headers: NonNullable<IncomingRequest['headers']>,
  more: IncomingRequest = {},
): IncomingRequest => ({
  method: 'POST',
  headers,
  ...more,
});
const login = (name: string) => ({ login: true, name, password: name });

/** The reason of `moin_session` for a login form with these headers: `login` or `cross-site`. */
async function reasonOf(
  headers: NonNullable<IncomingRequest['headers']>,
  options = {},
  more: IncomingRequest = {},
) {
  const site = makeSite(options);
  return (await site.browser().visit(post(headers, { form: login('alice'), ...more }))).reasons.moin_session;
}

describe('spec 2: which requests are cross-site', () => {
  it.each([
    ['Sec-Fetch-Site: cross-site', { host: HERE, 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { host: HERE, 'sec-fetch-site': 'same-site' }],
    ['an Origin of another host', EVIL],
    ['an Origin of another port', { host: HERE, origin: `http://${HERE}:8080` }],
    ['an opaque Origin', { host: HERE, origin: 'null' }],
    ['an Origin that is none', { host: HERE, origin: HERE }],
    ['an Origin, where no Host is named', { origin: `http://${HERE}` }],
    ['the Origin http://undefined, where no Host is named', { origin: 'http://undefined' }],
    ['X-Forwarded-Host of a peer that is no trusted proxy', { ...EVIL, 'x-forwarded-host': 'evil.example' }],
  ])('%s', async (_what, headers) => {
    expect(await reasonOf(headers)).toBe('cross-site');
  });

  it.each([
    ['neither header: curl, an old client', { host: HERE }],
    [
      'Sec-Fetch-Site: same-origin, whatever a proxy made of Host',
      { ...EVIL, 'sec-fetch-site': 'same-origin' },
    ],
    ['Sec-Fetch-Site: none', { host: HERE, 'sec-fetch-site': 'none' }],
    ['an Origin of this host', { host: HERE, origin: `https://${HERE}` }],
    ['a default port on one side', { host: `${HERE}:80`, origin: `http://${HERE}` }],
    ['the default port of https', { host: `${HERE}:443`, origin: `https://${HERE}` }],
    ['another port on both sides', { host: '[::1]:8080', origin: 'http://[::1]:8080' }],
    [':authority, as in HTTP/2', { ':authority': HERE, origin: `https://${HERE}` }],
  ])('not: %s', async (_what, headers) => {
    expect(await reasonOf(headers)).toBe('login');
  });

  it.each(['PUT', 'PATCH', 'DELETE'])(
    '%s may be, and GET, HEAD, OPTIONS and TRACE are not',
    async (method) => {
      expect(await reasonOf(EVIL, {}, { method })).toBe('cross-site');
      for (const safe of ['GET', 'HEAD', 'OPTIONS', 'TRACE'])
        expect(await reasonOf(EVIL, {}, { method: safe })).toBe('login');
    },
  );

  it('behind a trusted proxy X-Forwarded-Host is the request’s host, the outermost of several', async () => {
    const options = { trustProxy: ['10.0.0.1'] };
    const proxied = { host: 'backend:3000', 'x-forwarded-host': `${HERE}, inner`, origin: `http://${HERE}` };
    expect(await reasonOf(proxied, options, { remoteAddress: '10.0.0.1' })).toBe('login');
    expect(await reasonOf(proxied, options, { remoteAddress: '192.0.2.9' })).toBe('cross-site');
  });

  it('trustedOrigins are not, also where Sec-Fetch-Site says so', async () => {
    const options = { trustedOrigins: ['https://app.example.com'] };
    const headers = { host: HERE, origin: 'https://app.example.com' };
    expect(await reasonOf(headers, options)).toBe('login');
    expect(await reasonOf({ ...headers, 'sec-fetch-site': 'cross-site' }, options)).toBe('login');
    expect(await reasonOf({ ...headers, 'sec-fetch-site': 'same-site' }, options)).toBe('login');
    expect(await reasonOf({ host: HERE, origin: 'http://app.example.com' }, options)).toBe('cross-site');
  });

  it.each([
    ['https://app.example.com', 'must be a list of origins'],
    [['https://app.example.com/'], '"https://app.example.com/" is none: write "https://app.example.com"'],
    [['https://App.example.com:443'], 'write "https://app.example.com"'],
    [['app.example.com'], '"app.example.com" is none'],
    [['null'], '"null" is none'],
    [['*'], '"*" is none'],
    [[7], '7 is none'],
  ])('trustedOrigins %j is a configuration error', (trustedOrigins, message) => {
    expect(() => createSessions({ trustedOrigins: trustedOrigins as string[] })).toThrow(message);
  });
});

describe('spec 3: under SameSite=Strict a link from another site is cross-site too', () => {
  const FOLLOWED = { headers: { host: HERE, 'sec-fetch-site': 'cross-site' } };
  const strict = () => makeSite({ cookieSameSite: 'Strict' });

  it('A1: it gets no anonymous cookie, which would overwrite the login that the browser did not send', async () => {
    const { reasons, sent } = await strict().browser().visit(FOLLOWED);
    expect([reasons.moin_anon_session, sent]).toEqual(['cross-site', null]);
  });

  it('S7: nor does a user whom a proxy names', async () => {
    const headers = { ...FOLLOWED.headers, 'x-user': 'alice' };
    const { user, sent, session } = await strict().browser().visit({ headers });
    expect([user, sent, session.available]).toEqual(['alice', null, false]);
  });

  it.each(['same-site', 'same-origin', 'none'])(
    'Sec-Fetch-Site: %s brings the cookie, so it is none',
    async (site) => {
      const { sent } = await strict()
        .browser()
        .visit({ headers: { 'sec-fetch-site': site } });
      expect(sent?.kind).toBe('anon');
    },
  );

  it('an old browser that says nothing gets its cookie', async () => {
    expect((await strict().browser().visit()).sent?.kind).toBe('anon');
  });

  it.each(['Lax', 'None'] as const)(
    'SameSite=%s: the cookie comes with a link, so it is none',
    async (cookieSameSite) => {
      const { browser } = makeSite({ cookieSameSite, cookieSecure: true });
      expect((await browser().visit({ ...FOLLOWED, secure: true })).sent?.kind).toBe('anon');
    },
  );

  it('a login that a method establishes by itself stands: a callback of OAuth', async () => {
    const callback: AuthMethod = {
      name: 'callback',
      authenticate: () => ({ user: { id: 'u-carol', name: 'carol' }, continue: true, login: true }),
    };
    const site = makeSite({ cookieSameSite: 'Strict', auth: [callback, 'moin_session'] });
    const { user, sent } = await site.browser().visit(FOLLOWED);
    expect([user, sent?.kind]).toEqual(['carol', 'user']);
  });
});

describe('spec 3: a cross-site request', () => {
  it('logs nobody in by a form, and gets no cookie: neither a visitor nor a user loses theirs', async () => {
    const site = makeSite();
    const alice = site.browser();
    await alice.logIn('alice');
    const before = await site.records();
    // SameSite=Lax: the browser keeps alice's cookie back.
    const { user, sent, headers, reasons } = await site.browser().visit(post(EVIL, { form: login('bob') }));
    expect([user, sent, headers['set-cookie']]).toEqual([null, null, undefined]);
    expect(reasons).toMatchObject({
      moin_login: 'not-a-login',
      moin_session: 'cross-site',
      moin_anon_session: 'cross-site',
    });
    expect(await site.records()).toEqual(before);
    expect(site.users.checks).toBe(1);
  });

  it('logs nobody out by a form, though its cookie comes along (SameSite=None)', async () => {
    const site = makeSite();
    const alice = site.browser();
    await alice.logIn('alice');
    const { user, sent, reasons } = await alice.visit(post(EVIL, { form: { logout: true } }));
    expect([user, sent, reasons.moin_session]).toEqual(['alice', null, 'cross-site']);
    expect((await alice.visit()).user).toBe('alice');
  });

  it('does what its own cookie allows: a cart with its cookie is filled', async () => {
    const site = makeSite();
    const visitor = await visitorWith(site, 'cart', 'apple');
    const { session, reasons } = await visitor.visit(post(EVIL), (own) => own.set('cart', 'pear'));
    expect(reasons.moin_session).toBe('anonymous-restored');
    expect(session.get('cart')).toBe('pear');
    expect((await site.records()).map(({ data }) => data)).toEqual([{ cart: 'pear' }]);
  });

  it('without a cookie, as a return from a payment page: no cookie, and no session that would need one', async () => {
    const site = makeSite();
    const { session, headers, reasons } = await site.browser().visit(post(EVIL));
    expect([session.available, headers['set-cookie']]).toEqual([false, undefined]);
    expect(reasons).toMatchObject({ moin_session: 'no-cookie', moin_anon_session: 'cross-site' });
  });

  it('S7: the cookie of a user whom a proxy names is not set either', async () => {
    const site = makeSite();
    const { user, session, headers, reasons } = await site
      .browser()
      .visit(post({ ...EVIL, 'x-user': 'alice' }));
    expect([user, session.available, headers['set-cookie'], reasons.moin_session]).toEqual([
      'alice',
      false,
      undefined,
      'cross-site',
    ]);
  });

  it('S10: a session of somebody else is not overwritten by a new one', async () => {
    const site = makeSite();
    const alice = site.browser();
    await alice.logIn('alice');
    const cookie = alice.cookie;
    const { session, sent, reasons } = await alice.visit(post({ ...EVIL, 'x-user': 'bob' }));
    expect([session.available, sent, reasons.moin_session]).toEqual([false, null, 'cross-site']);
    expect(alice.cookie).toBe(cookie);
  });

  it('S2: an anonymous cookie whose session was ended gets no new one', async () => {
    const site = makeSite();
    const visitor = await visitorWith(site, 'cart', 'apple');
    for (const { id } of await site.records()) await site.sessions.expire([id]);
    site.pass(1);
    const { session, reasons, sent } = await visitor.visit(post(EVIL));
    expect([session.available, sent, reasons.moin_session]).toEqual([false, null, 'cross-site']);
  });

  it('a login that a method establishes by itself stands', async () => {
    const saml: AuthMethod = {
      name: 'saml',
      authenticate: ({ body }, { user }) =>
        body === 'assertion'
          ? { user: { id: 'u-carol', name: 'carol' }, continue: true, login: true }
          : { user, continue: true },
    };
    const site = makeSite({ auth: [saml, byHeader, 'moin_login', 'moin_session', 'moin_anon_session'] });
    const browser = site.browser();
    const more = { body: 'assertion', form: login('bob') };
    const { user, sent, reasons } = await browser.visit(post(EVIL, more));
    expect([user, sent?.kind, reasons.moin_session]).toEqual(['carol', 'user', 'login']);
    expect((await browser.visit()).user).toBe('carol');
  });

  it('is shown to auth methods, with an empty form', async () => {
    const seen: unknown[] = [];
    const looking: AuthMethod = {
      name: 'looking',
      authenticate(request, { user, login: asked, name, password }) {
        seen.push(request.crossSite?.asksForLogin ?? null, request.form, [asked, name, password]);
        return { user, continue: true };
      },
    };
    const site = makeSite({ auth: [looking, 'moin_session'] });
    await site.browser().visit(post(EVIL, { form: login('alice') }));
    await site.browser().visit(post({ host: HERE }, { form: login('alice') }));
    expect(seen).toEqual([
      ...[true, {}, [false, '', '']],
      ...[null, login('alice'), [true, 'alice', 'alice']],
    ]);
  });

  it('is explained by simulate: both hosts, and the remedy', async () => {
    const { store, users } = makeSite();
    const options = { store, users, secrets: 'x'.repeat(32) };
    const request = post({ host: '10.0.0.5:3000', origin: `http://${HERE}` }, { form: login('alice') });
    const { requests } = await simulate(options, { request, repeat: 2 });
    const step = requests[0]?.steps.find(({ method }) => method === 'moin_session');
    expect(step?.reason).toBe('cross-site');
    for (const word of [
      `http://${HERE}`,
      '10.0.0.5:3000',
      'trustProxy',
      'X-Forwarded-Host',
      'trustedOrigins',
    ])
      expect(step?.text).toContain(word);
    // What follows are page views.
    expect(requests[1]?.steps.map(({ reason }) => reason)).not.toContain('cross-site');
  });
});
