import { describe, expect, it } from 'vitest';
import type { CookieOptions } from '../../../src/session/cookie/attributes.js';
import { ResponseCookie } from '../../../src/session/cookie/response-cookie.js';
import { CookieSigner } from '../../../src/session/cookie/signer.js';

const NOW = Date.UTC(2030, 0, 1);
const DEFAULTS: CookieOptions = {
  cookieName: 'MOIN_SESSION',
  cookieDomain: undefined,
  cookiePath: '/',
  cookieSameSite: 'Lax',
  cookieSecure: undefined,
  cookiePartitioned: false,
  browserSession: false,
};
const TOKEN = 'T'.repeat(43);

/** The cookie of a response under these options. */
function cookieOf(options: Partial<CookieOptions> = {}, secure = false, now = () => NOW): ResponseCookie {
  const cookieOptions = { ...DEFAULTS, ...options };
  const signer = new CookieSigner(cookieOptions.cookieName, [Buffer.alloc(32, 1)]);
  return new ResponseCookie({ signer, cookieOptions }, { secure }, now);
}

/** The `Set-Cookie` of a login. */
function setBy(
  cookie: ResponseCookie,
  { kind = 'user' as 'user' | 'anon', remember = false, ms = 90_500 } = {},
) {
  cookie.set({ cookieKind: kind, token: TOKEN, remember }, NOW + ms);
  return cookie.headers(true)['set-cookie'] ?? '';
}

function deletedBy(cookie: ResponseCookie): string {
  cookie.delete();
  return cookie.headers(true)['set-cookie'] ?? '';
}

describe('Set-Cookie (spec 4)', () => {
  it('HttpOnly, SameSite=Lax, Path=/, Max-Age and Expires; no Domain; no Secure over http', () => {
    const value = new CookieSigner('MOIN_SESSION', [Buffer.alloc(32, 1)]).sign('user', TOKEN);
    expect(setBy(cookieOf())).toBe(
      `MOIN_SESSION=${value}; Path=/; Expires=Tue, 01 Jan 2030 00:01:30 GMT; Max-Age=91; HttpOnly; SameSite=Lax`,
    );
  });

  it('Secure whenever the request came over HTTPS', () => {
    expect(setBy(cookieOf({}, true))).toMatch(/; Secure$/);
  });

  it('asked for again, it is the same for a second, then with a new Max-Age; a new decision counts at once', () => {
    let now = NOW;
    const cookie = cookieOf({}, false, () => now);
    const ask = () => cookie.headers(true)['set-cookie'];
    const first = setBy(cookie);
    expect(ask()).toBe(first);
    now += 10_000;
    expect(ask()).toBe(first.replace('Max-Age=91', 'Max-Age=81'));
    cookie.set({ cookieKind: 'user', token: 'U'.repeat(43), remember: false }, NOW + 90_500);
    expect(ask()).toMatch(/U{43}.*; Max-Age=81;/);
    expect(deletedBy(cookie)).toMatch(/MOIN_SESSION=;.*; Max-Age=0;/);
  });

  it('a deletion has an empty value and expires in 1970', () => {
    expect(deletedBy(cookieOf({}, true))).toBe(
      'MOIN_SESSION=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; SameSite=Lax; Secure',
    );
  });

  it.each(['__Host-MOIN_SESSION', '__Secure-MOIN_SESSION', '__host-wiki'])(
    '__Host- is always Secure, with Path=/ and no Domain (RFC 6265bis); __Secure- is Secure too: %s',
    (cookieName) => {
      const cookie = setBy(cookieOf({ cookieName }));
      expect(cookie).toMatch(/^__\w+-\w+=.*; Path=\/;.*; Secure$/);
      expect(cookie).not.toMatch(/domain/i);
    },
  );

  it('Max-Age is rounded up, so it is never 0 for a cookie that is set', () => {
    expect(setBy(cookieOf())).toContain('; Max-Age=91;');
    expect(setBy(cookieOf(), { ms: 1 })).toContain('; Max-Age=1;');
  });

  it('name and value stay far below 4096 bytes', () => {
    expect(setBy(cookieOf({}, true)).length).toBeLessThan(300);
  });
});

describe('the options of the cookie (spec 4)', () => {
  const ALL = {
    cookieDomain: 'example.com',
    cookiePath: '/wiki',
    cookieSameSite: 'None',
    cookieSecure: true,
    cookiePartitioned: true,
  } as const;

  it('each option is an attribute, also over http', () => {
    const [, ...attributes] = setBy(cookieOf(ALL)).split('; ');
    expect(attributes.filter((text) => !/^(Expires|Max-Age)=/.test(text))).toEqual([
      'Path=/wiki',
      'Domain=example.com',
      'HttpOnly',
      'SameSite=None',
      'Secure',
      'Partitioned',
    ]);
  });

  it('a deletion has the attributes of the cookie that it deletes, or the browser would keep that one', () => {
    const lasting = (text: string) =>
      text.split('; ').filter((part) => !/^(MOIN|Expires|Max-Age)/.test(part));
    expect(lasting(deletedBy(cookieOf(ALL)))).toEqual(lasting(setBy(cookieOf(ALL))));
  });

  it.each([
    [undefined, false, false],
    [undefined, true, true],
    [true, false, true],
    [true, true, true],
    [false, false, false],
    [false, true, false],
  ])('cookieSecure %s, HTTPS %s: Secure is %s', (cookieSecure, secure, expected) => {
    expect(setBy(cookieOf({ cookieSecure }, secure)).includes('; Secure')).toBe(expected);
  });

  it.each(['Lax', 'Strict', 'None'] as const)('cookieSameSite %s', (cookieSameSite) => {
    expect(setBy(cookieOf({ cookieSameSite }, true))).toContain(`; SameSite=${cookieSameSite}; Secure`);
  });
});

describe('browserSession (spec 3)', () => {
  const cookie = () => cookieOf({ browserSession: true });

  it('spec 3: a login without "remember me" gets neither Max-Age nor Expires, and outgoing() says null', () => {
    const session = cookie();
    expect(setBy(session)).not.toMatch(/max-age|expires/i);
    expect(session.outgoing()).toMatchObject([{ action: 'set', maxAge: null }]);
  });

  it('spec 3: a login with "remember me" and a visitor keep both', () => {
    expect(setBy(cookie(), { remember: true })).toMatch(/; Expires=.*; Max-Age=91;/);
    expect(setBy(cookie(), { kind: 'anon' })).toMatch(/; Expires=.*; Max-Age=91;/);
  });

  it('spec 3: a deletion has both, or it would set an empty cookie', () => {
    expect(deletedBy(cookie())).toMatch(/; Expires=Thu, 01 Jan 1970.*; Max-Age=0;/);
  });
});

describe('the headers beside Set-Cookie (spec 4)', () => {
  it('spec 4: Vary always, Cache-Control for a personal response, and for each that changes the cookie', () => {
    const [personal, cookie] = ['private, no-cache="Set-Cookie"', cookieOf()];
    expect({ ...cookie.headers(false) }).toEqual({ vary: 'Cookie' });
    expect({ ...cookie.headers(true) }).toEqual({ vary: 'Cookie', 'cache-control': personal });
    cookie.delete();
    expect(cookie.headers(false)).toMatchObject({ vary: 'Cookie', 'cache-control': personal });
  });
});
