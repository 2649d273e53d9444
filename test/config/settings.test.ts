import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.js';
import type { SessionsOptions } from '../../src/config/options.js';
import { OPTIONS } from '../../src/config/options.js';
import { readOptions } from '../../src/config/settings.js';
import {
  createSessions,
  moinAnonSession,
  moinLogin,
  moinSession,
  type PassportOptions,
  passport,
} from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';
import { SECRET } from '../aid/site.js';
import { TestUsers } from '../aid/users.js';

const users = new TestUsers();

/** A strategy of passport as a link of the chain. */
function oauth(options: PassportOptions = {}) {
  return passport({ authenticate() {} }, { name: 'oauth', ...options });
}

function messageOf(options: unknown): string {
  try {
    createSessions(options as SessionsOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('these options were taken');
}

/** Options with a wrong value or a wrong name, and what the error says. */
const WRONG: readonly (readonly [object, string | RegExp])[] = [
  [{ cookiename: 'x' }, /"cookiename".*cookieName/],
  [{ resave: true }, 'there is no option "resave"'],
  [{ cookieLifetime: 'long' }, 'option cookieLifetime must be a number of hours'],
  [{ anonymousCookieLifetime: -1 }, 'option anonymousCookieLifetime'],
  [{ anonymousSessions: 'always' }, 'option anonymousSessions must be returning or first-visit'],
  [{ anonymousSessions: 'first-visit' }, /no anonymous sessions: set anonymousCookieLifetime/],
  [{ anonymousSessions: 'first-visit', anonymousCookieLifetime: 0 }, 'set anonymousCookieLifetime'],
  [
    { anonymousSessions: 'first-visit', anonymousCookieLifetime: 1, auth: ['moin_session'] },
    /no anonymous sessions: put 'moin_anon_session' into 'auth', or leave the option out/,
  ],
  [{ maxLifetime: 0 }, 'option maxLifetime must be a number of hours above 0'],
  [{ refreshInterval: 0 }, 'option refreshInterval must be a number of hours above 0'],
  [{ refreshInterval: 60_000 }, 'is refreshed after 1 h anyway: give fewer hours, or leave it out'],
  [{ cookieDomain: 'https://example.com' }, 'option cookieDomain must be a host name'],
  [{ cookiePath: 'wiki' }, "option cookiePath must be a path such as '/wiki'"],
  [{ cookieSameSite: 'lax' }, 'option cookieSameSite must be Lax or Strict or None'],
  [{ cookieSecure: 'auto' }, 'option cookieSecure must be true or false'],
  [{ cookiePartitioned: 1 }, 'option cookiePartitioned must be true or false'],
  [{ browserSession: 'yes' }, 'option browserSession must be true or false'],
  [{ maxSessionsPerUser: 0 }, 'option maxSessionsPerUser'],
  [{ maxSessionsPerUser: 1.5 }, 'option maxSessionsPerUser'],
  [{ maxSessionsPerUser: '3' }, 'option maxSessionsPerUser'],
  [{ onLimit: 'refuse' }, 'option onLimit must be evict or deny'],
  [{ durability: 'none' }, 'option durability must be process or fsync'],
  [{ audit: '' }, "option audit must be 'syslog', or the path or file: URL of a file"],
  [{ audit: new URL('https://example.com/audit.log') }, 'option audit must be'],
  [{ audit: true }, 'option audit must be'],
  [{ superuser: 'alice' }, 'option superuser must be a list of user names'],
  [{ superuser: [1] }, 'option superuser must be a list of user names'],
  [{ rememberClient: 'address' }, 'option rememberClient must be a list of any of address, userAgent, url'],
  [{ rememberClient: ['ip'] }, 'any of address, userAgent, url'],
  [{ trailSize: -1 }, 'option trailSize must be a whole number, 0 or more'],
  [{ trustedOrigins: 'x' }, 'option trustedOrigins must be a list of origins'],
  [{ trustedOrigins: ['https://*.example.com'] }, 'option trustedOrigins must be a list of origins'],
  [{ cookieName: 'x'.repeat(257) }, 'is no cookie name: use letters, digits, - and _, at most 256'],
  [{ userCache: 5 }, "no user directory: set the option 'users', or leave it out"],
  [{ userCache: 61 }, 'option userCache must be a number of seconds from 0 to 60'],
  [{ userCache: 5000 }, 'from 0 to 60: did you mean 5?'],
  [{ userCache: -1 }, 'option userCache must be'],
  [{ userCache: Number.NaN }, 'option userCache must be'],
  [{ userCache: '5' }, 'option userCache must be'],
  [{ auth: 'moin_session' }, 'must be a list'],
  [{ trustProxy: 'loopback' }, 'option trustProxy must be true, false or a list'],
  [{ trustProxy: ['10.0.0.0/33'] }, /option trustProxy: "10\.0\.0\.0\/33"/],
  [{ trustProxy: ['example.org'] }, /"example.org" is neither an IP address nor a range/],
  [{ trustProxy: [''] }, 'is neither an IP address nor a range'],
  [{ clock: 5 }, 'option clock must be a function'],
  [{ cookieName: '' }, 'is no cookie name'],
  [{ cookieName: 'a b' }, 'cookieName "a b" is no cookie name'],
  [{ cookieName: 'a;b', secrets: SECRET }, 'is no cookie name'],
  [{ cookieName: 5 }, 'is no cookie name'],
  [{ secrets: 'short' }, 'a secret of 5 bytes is too short: at least 32'],
  [{ secrets: [SECRET, new Uint8Array(31)] }, 'a secret of 31 bytes'],
  [{ secrets: [] }, 'secrets is empty'],
  [{ secrets: 5 }, 'option secrets'],
  [{ secrets: [5] }, 'option secrets'],
  [{ store: 5 }, 'option store'],
  [{ store: null }, 'option store'],
  [{ store: {} }, 'option store'],
  [{ users: {} }, 'option users'],
  [{ users: 5 }, 'option users'],
  [{ users: null }, 'option users'],
];

describe('createSessions: what is wrong is said when the configuration is read', () => {
  it.each([
    ['moin_anon_session in front of moin_session', ['moin_anon_session', 'moin_session'], 'put it behind'],
    ['a built-in twice', ['moin_session', 'log', 'moin_session'], 'moin_session stands twice'],
    ['a built-in twice, once by function', ['moin_session', moinSession()], 'keep one of them'],
    ['an unknown name', ['moin_sesion'], /"moin_sesion".*moin_session/],
    ['a name of every object', ['constructor'], '"constructor"'],
    ['a null', [null], 'is a name or a method'],
    ['no method', [{ name: 'x' }], 'is a name or a method'],
    ['no list', 'moin_session', 'must be a list'],
    [
      'moin_login behind moin_session',
      ['moin_session', 'moin_login'],
      /^moin_login stands behind.*put it before/,
    ],
    ['passport behind moin_session', ['moin_session', oauth()], /^oauth stands behind.*give it login: false/],
    [
      'an own method behind it that says that it logs in',
      ['moin_session', { name: 'ldap', logsIn: true, authenticate: () => ({ user: null, continue: true }) }],
      'ldap stands behind moin_session',
    ],
  ])('spec 3: auth: %s', (_, auth, message) => {
    expect(messageOf({ auth, users, anonymousCookieLifetime: 1 })).toMatch(message);
  });

  it('spec 3: methods that log nobody in may stand behind moin_session; without it, logins may stand anywhere', () => {
    const own = { name: 'own', authenticate: () => ({ user: null, continue: true }) };
    for (const auth of [
      ['moin_session', oauth({ login: false }), 'http_basic', own],
      [own, 'moin_login'],
      ['moin_login', oauth(), 'moin_session'],
    ])
      expect(() => createSessions({ auth: auth as never, users })).not.toThrow();
  });

  it('spec 3: moin_anon_session without a lifetime; 0 is one', () => {
    const auth = [moinSession(), moinAnonSession()];
    expect(messageOf({ auth })).toMatch(/anonymousCookieLifetime is not set: set it/);
    expect(() => createSessions({ auth, anonymousCookieLifetime: 0 })).not.toThrow();
  });

  it('spec 3: moin_login without users', () => {
    expect(messageOf({ auth: [moinLogin(), 'moin_session'] })).toMatch(
      /needs a user directory: set the option 'users'/,
    );
  });

  it('spec 3: a chain with no session method is legal; the application may use its own twice', () => {
    const own = { name: 'own', authenticate: () => ({ user: null, continue: true }) };
    expect(() => createSessions({ auth: [own, own] })).not.toThrow();
    expect(() => createSessions({ auth: [] })).not.toThrow();
  });

  it.each(WRONG)('%o', (options, message) => {
    expect(messageOf(options)).toMatch(message);
  });

  it('every option has a wrong value among them', () => {
    const tried = WRONG.flatMap(([options]) => Object.keys(options));
    expect(Object.keys(OPTIONS).filter((name) => !tried.includes(name))).toEqual([]);
  });

  it.each([null, [], 'file:x', 5, 5n, () => {}])('%o in place of the options', (options) => {
    expect(messageOf(options)).toBe("the options must be an object, such as { store: 'file:sessions' }");
  });

  it('values that JSON cannot show: each option answers with a ConfigurationError all the same', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const odd = [5n, [5n], Symbol('odd'), [Symbol('odd')], Object.create(null), [Object.create(null)], cycle];
    for (const name of Object.keys(OPTIONS)) {
      for (const value of odd) expect(messageOf({ [name]: value })).not.toBe('');
    }
    expect(messageOf({ cookieLifetime: 12n })).toContain('it is 12n');
    const basic = { method: 'http_basic', realm: 5n };
    expect(messageOf({ auth: [basic], users })).toContain('realm 5n must be printable ASCII');
  });

  it('no message shows a secret', () => {
    expect(messageOf({ secrets: 'hunter2' })).not.toContain('hunter2');
  });
});

describe('readOptions: the defaults', () => {
  it('are those that are documented', () => {
    expect(readOptions({})).toMatchObject({
      store: 'file:.moin-sessions',
      cookieName: 'MOIN_SESSION',
      maxSessionsPerUser: 20,
      cookieDomain: undefined,
      cookiePath: '/',
      cookieSameSite: 'Lax',
      cookieSecure: undefined,
      cookiePartitioned: false,
      browserSession: false,
      onLimit: 'evict',
      durability: 'process',
      superuser: [],
      secrets: undefined,
    });
    expect(readOptions({}).trusted('127.0.0.1')).toBe(false);
    expect(readOptions({ trustProxy: true }).trusted(undefined)).toBe(true);
  });

  it.each<[SessionsOptions, string[]]>([
    [{}, ['moin_session']],
    [{ users }, ['moin_login', 'moin_session']],
    [{ users, anonymousCookieLifetime: 1 }, ['moin_login', 'moin_session', 'moin_anon_session']],
    [{ anonymousCookieLifetime: 0 }, ['moin_session']],
  ])('the chain of %o is %o', (options, names) => {
    expect(readOptions(options).methods.map(({ name }) => name)).toEqual(names);
  });

  it.each(['gopher:x', new URL('https://x/')])('store %s: no such kind, said at once', (store) => {
    expect(messageOf({ store })).toMatch(/names no kind of store/);
  });

  it('Infinity is a number of sessions per user', () => {
    expect(readOptions({ maxSessionsPerUser: Number.POSITIVE_INFINITY }).maxSessionsPerUser).toBe(Infinity);
  });
});

describe('the secret (spec 4)', () => {
  it('a store that keeps none needs the option, and says so', async () => {
    const sessions = createSessions({ store: new MemoryStore() });
    await expect(sessions.begin({})).rejects.toThrow(
      /keeps no secret: set the option 'secrets'; make one with/,
    );
  });

  it('one that the store keeps is made once and used', async () => {
    class Keeper extends MemoryStore {
      made = 0;
      async secret({ create }: { create: boolean }): Promise<Buffer | null> {
        this.made += create ? 1 : 0;
        return Buffer.alloc(32, 7);
      }
    }
    const store = new Keeper();
    const options = { store, anonymousCookieLifetime: 1 };
    const sessions = createSessions(options);
    const [visit] = await Promise.all([sessions.begin({}), sessions.begin({})]);
    const cookie = String((await visit.commit())['set-cookie']).split(';')[0];
    expect(store.made).toBe(1);
    const other = await createSessions(options).begin({ headers: { cookie } });
    expect(other.session.available).toBe(true);
  });

  it('what could not be opened is tried again at the next request', async () => {
    class Keeper extends MemoryStore {
      isOut = true;
      async secret(): Promise<Buffer | null> {
        if (this.isOut) throw new Error('out of reach');
        return Buffer.alloc(32, 7);
      }
    }
    const store = new Keeper();
    const sessions = createSessions({ store });
    await expect(sessions.begin({})).rejects.toThrow('out of reach');
    store.isOut = false;
    expect((await sessions.begin({})).user).toBeNull();
  });
});
