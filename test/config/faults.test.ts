import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optionFaults } from '../../src/config/faults.js';
import type { SessionsOptions } from '../../src/config/options.js';
import { readOptions } from '../../src/config/settings.js';
import { assertUsable } from '../../src/config/usable.js';

const SECRET = 'a secret of a site, of 32 bytes or more';
/** For each option some values that are good alone, and some that never are. */
const VALUES: Record<string, readonly unknown[]> = {
  users: ['users.json', 5],
  userCache: [0, 5, 61],
  secrets: [SECRET, [SECRET, SECRET], 'short', [], [SECRET, 'short'], 7],
  cookieName: ['a', '__Host-a', 'a b'],
  cookieDomain: ['example.com', '1.2.3.4'],
  cookiePath: ['/', '/x', 'x'],
  cookieSameSite: ['Lax', 'None', 'lax'],
  cookieSecure: [true, false, 1],
  cookiePartitioned: [true, 'yes'],
  cookieLifetime: [0, 12, -1, 43_200_000, '12'],
  anonymousCookieLifetime: [0, 24, -1],
  maxLifetime: [1, 0],
  refreshInterval: [0.1, 5, 'x'],
  anonymousSessions: ['first-visit', 'returning', 'x'],
  auth: [
    ['moin_session'],
    ['x', 'y', 'x'],
    ['moin_session', 'moin_anon_session'],
    ['moin_session', 'moin_login'],
    ['x'],
    'x',
  ],
  superuser: [[], ['a'], 'a'],
  trustProxy: [true, ['10.0.0.0/8'], ['x']],
  clock: [() => 1, 5],
  stroe: ['x'],
};

const someOptions = fc
  .subarray(Object.keys(VALUES))
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(...(VALUES[name] ?? []))]))),
  ) as fc.Arbitrary<SessionsOptions>;

function isRefused(options: SessionsOptions): boolean {
  try {
    assertUsable({ ...readOptions(options), methods: [] }, undefined);
    return false;
  } catch {
    return true;
  }
}

describe('all faults of a configuration', () => {
  it('there is a fault exactly where createSessions refuses, and its first message is among them', () => {
    fc.assert(
      fc.property(someOptions, (options) => {
        const faults = optionFaults(options);
        expect(faults.length > 0).toBe(isRefused(options));
        const messages = faults.map(({ message }) => message);
        expect(new Set(messages).size).toBe(messages.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('names each of several, once, and nothing that only follows from another', () => {
    const options = { secrets: 'short', stroe: 'hunter2', onLimit: 'no', users: 5, superuser: ['a'] };
    const faults = optionFaults(options as unknown as SessionsOptions);
    expect(faults.map(({ option }) => option)).toEqual(['secrets', 'stroe', 'onLimit', 'users']);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it.each<[object, string[]]>([
    [
      { auth: ['moin_sesion', 'moin_session', 'kerberos'], cookieLifetime: '12' },
      ['moin_sesion', 'kerberos', 'cookieLifetime'],
    ],
    [{ auth: ['moin_sesion'], anonymousCookieLifetime: -1 }, ['moin_sesion', 'anonymousCookieLifetime']],
    [{ auth: ['moin_session', 'moin_login'], maxLifetime: 0 }, ['moin_login stands behind', 'maxLifetime']],
    [
      { auth: ['moin_session', 'moin_anon_session'], cookieLifetime: '12' },
      ['cookieLifetime', 'anonymousCookieLifetime is not set'],
    ],
    [
      { auth: ['moin_session'], refreshInterval: 'x', cookieLifetime: '12' },
      ['refreshInterval', 'cookieLifetime'],
    ],
    [{ refreshInterval: 5, cookieLifetime: '12' }, ['cookieLifetime', 'refreshInterval']],
    [{ anonymousSessions: 'first-visit', cookieLifetime: '12' }, ['cookieLifetime', 'no anonymous sessions']],
    [
      {
        auth: [
          { method: 'http_basic', raelm: 'a' },
          { name: 'a:b', authenticate() {} },
        ],
      },
      ['raelm', 'a:b'],
    ],
  ])('%o: a wrong lifetime hides no fault of the chain, nor one method another', (options, expected) => {
    const messages = optionFaults(options as SessionsOptions).map(({ message }) => message);
    expect(messages).toEqual(expected.map((words) => expect.stringContaining(words)));
  });

  it('a wrong anonymousCookieLifetime is set, so nobody is told to set it', () => {
    const options = { auth: ['moin_session', 'moin_anon_session'], anonymousCookieLifetime: -1 };
    expect(optionFaults(options as SessionsOptions)).toHaveLength(1);
  });

  it('options that do not go together are a fault of none alone', () => {
    const faults = optionFaults({ cookieSecure: false, cookieSameSite: 'None', superuser: ['a'] });
    expect(faults).toEqual([
      { option: null, message: expect.stringContaining('superuser needs a user directory') },
      { option: null, message: expect.stringContaining('SameSite=None without Secure') },
    ]);
  });
});
