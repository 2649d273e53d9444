import type { AuthMethod } from '../../src/auth/method.js';
import type { SessionsOptions } from '../../src/config/options.js';
import { EVENTS, type SessionEvent } from '../../src/session/lifecycle/events.js';
import { createSessions, type Sessions } from '../../src/sessions.js';
import type { SessionRecord } from '../../src/store/contract.js';
import { Browser } from './browser.js';
import { TestUsers } from './users.js';
import { type Watched, WatchedStore } from './watched-store.js';

export const SECRET = 'a secret of the tests, 32 bytes or more';
export const START = Date.UTC(2030, 0, 1);

/** A site with users, anonymous visitors, a watched store, and a clock that the test moves. */
export interface Site<Store extends Watched = WatchedStore> {
  sessions: Sessions;
  store: Store;
  users: TestUsers;
  /** The events, in order. */
  events: SessionEvent[];
  /** Milliseconds since 1970. */
  time: { now: number };
  browser(): Browser;
  /** Moves the clock forward, in ms. */
  pass(ms: number): void;
  /** The records as they are now. */
  records(): Promise<SessionRecord[]>;
}

/** Stands for HTTP Basic, a proxy or a certificate: the header `x-user` names the user. */
export const byHeader: AuthMethod = {
  name: 'by_header',
  authenticate({ headers }, { user }) {
    const name = headers['x-user'];
    if (typeof name !== 'string') return { user, continue: true };
    return { user: { id: `u-${name}`, name }, continue: true };
  },
};

/**
 * @param options overrides. A `store` or `users` given here is in use; those of the returned site are not.
 * @param store Default: one in memory
 */
export function makeSite(options?: SessionsOptions): Site;
export function makeSite<Store extends Watched>(options: SessionsOptions, store: Store): Site<Store>;
export function makeSite(options: SessionsOptions = {}, store: Watched = new WatchedStore()): Site<Watched> {
  const time = { now: START };
  const users = new TestUsers();
  const sessions = createSessions({
    store,
    users,
    auth: [byHeader, 'moin_login', 'moin_session', 'moin_anon_session'],
    secrets: SECRET,
    anonymousCookieLifetime: 2,
    clock: () => time.now,
    ...options,
  });
  const events: SessionEvent[] = [];
  for (const name of EVENTS) sessions.on(name, (event) => events.push(event));
  return {
    sessions,
    store,
    users,
    events,
    time,
    browser: () => new Browser(sessions),
    pass(ms) {
      time.now += ms;
    },
    async records() {
      return (await store.contents()).flatMap(({ record }) => (record === null ? [] : [record]));
    },
  };
}

/** A visitor who has an anonymous session with one value in it. */
export async function visitorWith(site: Site, key: string, value: string): Promise<Browser> {
  const browser = site.browser();
  await browser.visit();
  await browser.visit({}, (session) => session.set(key, value));
  return browser;
}

/** The options with which `simulate` runs the chain of a site, on the site's own store. */
export function simulateOptions(site: Site, more: SessionsOptions = {}) {
  return {
    users: site.users,
    auth: [byHeader, 'moin_login', 'moin_session', 'moin_anon_session'] as const,
    secrets: SECRET,
    anonymousCookieLifetime: 2,
    clock: () => site.time.now,
    ...more,
    store: site.store,
  };
}

/** A browser with this cookie at the same store, users and clock, but with this chain. */
export function browserBehind(
  site: Site,
  auth: SessionsOptions['auth'],
  cookie: string | undefined,
): Browser {
  const { store, users, time } = site;
  const browser = makeSite({ store, users, clock: () => time.now, ...(auth && { auth }) }).browser();
  browser.plant(cookie);
  return browser;
}

/** A browser in which alice is logged in, with a value under the key `secret`. */
export async function aliceWithSecret(site: Site): Promise<Browser> {
  const browser = site.browser();
  await browser.logIn('alice');
  await browser.visit({}, (session) => session.set('secret', 'of alice'));
  return browser;
}
