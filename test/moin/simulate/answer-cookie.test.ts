import { describe, expect, it } from 'vitest';
import {
  cookieDate,
  cookieOf16,
  cookieOf19,
  deletionOf19,
} from '../../../src/moin/simulate/answer-cookie.js';
import {
  storedExpiry19,
  userSeconds16,
  userSeconds19,
  visitorSeconds16,
  visitorSeconds19,
} from '../../../src/moin/simulate/lifetimes.js';

const NOON = Date.UTC(2027, 0, 15, 9);
const TEN_YEARS = 315_360_000;

describe('spec 8: the cookies that MoinMoin sends', () => {
  it('1.6 writes dates of RFC 850, 1.9 others', () => {
    expect(cookieDate(NOON, '1.6')).toBe('Friday, 15-Jan-27 09:00:00 GMT');
    expect(cookieDate(NOON, '1.9')).toBe('Fri, 15-Jan-2027 09:00:00 GMT');
    expect(cookieDate(0, '1.9')).toBe('Thu, 01-Jan-1970 00:00:00 GMT');
  });

  const visitor = { name: 'MOIN_SESSION', kind: 'anon', maxAge: 3600, expires: NOON } as const;

  it('1.6: Domain, expires, Max-Age, Path, and nothing else', () => {
    expect(cookieOf16(visitor, { cookie_domain: '.example.org', cookie_path: '/wiki' })).toEqual({
      name: 'MOIN_SESSION',
      kind: 'anon',
      action: 'set',
      maxAge: 3600,
      attributes: [
        'Domain=.example.org',
        'expires=Friday, 15-Jan-27 09:00:00 GMT',
        'Max-Age=3600',
        'Path=/wiki',
      ],
    });
  });

  it('1.6: half an hour is printed as Python prints a fraction, and a negative time as it is', () => {
    const half = { ...visitor, maxAge: 1800 };
    expect(cookieOf16(half, { anonymous_cookie_lifetime: 0.5 }).attributes).toContain('Max-Age=1800.0');
    const past = cookieOf16({ ...visitor, maxAge: -3600 }, { anonymous_cookie_lifetime: -1 });
    expect(past).toMatchObject({ maxAge: 0, attributes: expect.arrayContaining(['Max-Age=-3600']) });
  });

  it('1.9: Secure by the setting, or by HTTPS; HttpOnly by the setting', () => {
    const attributes = (settings: object, isHttps: boolean) =>
      cookieOf19(visitor, settings, isHttps).attributes;
    expect(attributes({}, false)).toEqual([
      'Expires=Fri, 15-Jan-2027 09:00:00 GMT',
      'Max-Age=3600',
      'Path=/',
    ]);
    expect(attributes({}, true)).toContain('Secure');
    expect(attributes({ cookie_secure: false }, true)).not.toContain('Secure');
    expect(attributes({ cookie_secure: true, cookie_httponly: true }, false).slice(2)).toEqual([
      'Secure',
      'HttpOnly',
      'Path=/',
    ]);
  });

  it('1.9: the deletion has neither', () => {
    expect(deletionOf19('N', { cookie_secure: true, cookie_httponly: true })).toEqual({
      name: 'N',
      kind: null,
      action: 'delete',
      maxAge: 0,
      attributes: ['Expires=Thu, 01-Jan-1970 00:00:00 GMT', 'Max-Age=0', 'Path=/'],
    });
  });
});

describe('spec 8: life times as that MoinMoin reckons them', () => {
  it.each([
    [undefined, false, 12 * 3600],
    [undefined, true, TEN_YEARS],
    [12, false, 43_200],
    [12, true, TEN_YEARS],
    [0, false, TEN_YEARS],
    [0.5, false, TEN_YEARS],
    [-0.5, true, TEN_YEARS],
    [-2, true, 7200],
    [1.9, false, 3600],
  ])('1.6: cookie_lifetime %s, remembered %s: %i s', (hours, isRemembered, seconds) => {
    const settings = hours === undefined ? {} : { cookie_lifetime: hours };
    expect(userSeconds16(settings, isRemembered)).toBe(seconds);
  });

  it('1.6: visitors have fractions of hours', () => {
    expect(visitorSeconds16({ anonymous_cookie_lifetime: 0.5 })).toBe(1800);
    expect(visitorSeconds16({})).toBeNull();
  });

  it.each<[number | [number, number] | undefined, boolean, number]>([
    [undefined, false, 12 * 3600],
    [[1, 12], true, TEN_YEARS],
    [[1, 12], false, 43_200],
    [[1, -2], true, 7200],
    [[1, 0.5], false, 1800],
    [[1, 0], true, 0],
    [0.5, false, 0],
    [2.9, false, 7200],
  ])('1.9: cookie_lifetime %j, remembered %s: %i s', (hours, isRemembered, seconds) => {
    const settings = hours === undefined ? {} : { cookie_lifetime: hours };
    expect(userSeconds19(settings, isRemembered)).toBe(seconds);
  });

  it('1.9: visitors by the pair, or by anonymous_session_lifetime beside a number; negative ones count as positive', () => {
    expect(visitorSeconds19({ cookie_lifetime: [0.5, 12] })).toBe(1800);
    expect(visitorSeconds19({ cookie_lifetime: [-1, 12] })).toBe(3600);
    expect(visitorSeconds19({ cookie_lifetime: 12 })).toBe(0);
    expect(visitorSeconds19({ cookie_lifetime: 12, anonymous_session_lifetime: 2 })).toBe(7200);
    expect(visitorSeconds19({})).toBeNull();
  });

  it('1.9: the stored end counts whole minutes', () => {
    expect(storedExpiry19(NOON + 59_999, 3600)).toBe(NOON / 1000 + 3600);
    expect(storedExpiry19(NOON + 60_000, 3600)).toBe(NOON / 1000 + 3660);
  });
});
