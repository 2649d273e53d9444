import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.js';
import type { SessionsOptions } from '../../src/config/options.js';
import { readOptions } from '../../src/config/settings.js';

function messageOf(options: unknown): string | null {
  try {
    readOptions(options as SessionsOptions);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
}

describe('what browsers refuse is a configuration error (spec 4)', () => {
  const HOST = '__Host-MOIN_SESSION';

  it.each<[SessionsOptions, string]>([
    [{ cookieSameSite: 'None' }, 'browsers refuse SameSite=None without Secure: set cookieSecure: true'],
    [{ cookieSameSite: 'None', cookieSecure: false }, 'browsers refuse SameSite=None without Secure'],
    [{ cookiePartitioned: true }, 'browsers refuse Partitioned without Secure: set cookieSecure: true'],
    [{ cookiePartitioned: true, cookieSecure: false }, 'browsers refuse Partitioned without Secure'],
    [
      { cookieName: HOST, cookieDomain: 'example.com' },
      'a cookie __Host- with a domain: leave cookieDomain out',
    ],
    [{ cookieName: HOST, cookiePath: '/wiki' }, 'a cookie __Host- with a path: leave cookiePath out'],
    [{ cookieName: HOST, cookieSecure: false }, 'a cookie __Host- without Secure: leave cookieSecure out'],
    [{ cookieName: '__host-x', cookieSecure: false }, 'a cookie __host- without Secure'],
    [{ cookieName: '__Secure-x', cookieSecure: false }, 'a cookie __Secure- without Secure'],
  ])('%o', (options, message) => {
    expect(messageOf(options)).toContain(message);
  });

  it.each<[SessionsOptions]>([
    [{ cookieSameSite: 'None', cookieSecure: true }],
    [{ cookieSameSite: 'None', cookieName: HOST }],
    [{ cookiePartitioned: true, cookieName: '__Secure-x' }],
    [{ cookieName: HOST, cookiePath: '/' }],
    [{ cookieName: '__Secure-x', cookieDomain: 'example.com', cookiePath: '/wiki' }],
    [{ cookieName: 'Host-x', cookieDomain: 'example.com', cookieSecure: false }],
  ])('is taken: %o', (options) => {
    expect(messageOf(options)).toBeNull();
  });
});

describe('cookieDomain (spec 4)', () => {
  it.each(['example.com', '.example.com', 'wiki.EXAMPLE.com', 'xn--bcher-kva.example', 'localhost'])(
    '%s is taken',
    (cookieDomain) => {
      expect(messageOf({ cookieDomain })).toBeNull();
    },
  );

  it.each([
    ['https://example.com', ': write "example.com"'],
    ['example.com:8080', ': write "example.com"'],
    ['example.com/wiki', ': write "example.com"'],
    ['bücher.example', ': write "xn--bcher-kva.example"'],
    ['', 'must be a host name such as \'example.com\'; "" is none'],
    ['example.com; Path=/', 'is none'],
    ['example.com\r\nSet-Cookie: x=1', 'is none'],
    [' example.com', 'is none'],
    ['*.example.com', 'is none'],
    ['example..com', 'is none'],
    ['-a.example', 'is none'],
    [`${'a'.repeat(250)}.com`, 'is none'],
    ['127.0.0.1', 'browsers refuse a cookie for "127.0.0.1"'],
    ['[::1]', 'is none'],
    ['com', 'browsers refuse a cookie for "com"'],
    ['.com', 'browsers refuse a cookie for ".com"'],
    [5, 'must be a host name'],
    [null, 'must be a host name'],
  ])('%j is refused', (cookieDomain, message) => {
    expect(messageOf({ cookieDomain })).toContain(message);
  });
});

describe('cookiePath (spec 4)', () => {
  it.each(['/', '/wiki', '/wiki/', '/a/b-c_d.e~f/%C3%A9', '/(x),y='])('%s is taken', (cookiePath) => {
    expect(messageOf({ cookiePath })).toBeNull();
  });

  it.each([
    '',
    'wiki',
    '/a;b',
    '/a b',
    '/a\tb',
    '/a\r\nb',
    '/\0',
    '/é',
    '/?x',
    '/#x',
    `/${'a'.repeat(1024)}`,
    5,
    null,
  ])('%j is refused', (cookiePath) => {
    expect(messageOf({ cookiePath })).toContain("option cookiePath must be a path such as '/wiki'");
  });
});

it('whatever domain and path are taken, they inject no attribute', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[/.a-z]*[;,\s=/a-z.]*$/));
  fc.assert(
    fc.property(text, (value) => {
      for (const option of ['cookieDomain', 'cookiePath'])
        if (messageOf({ [option]: value }) === null) expect(value).toMatch(/^[!-:<-~]+$/);
    }),
    { numRuns: 2000 },
  );
});
