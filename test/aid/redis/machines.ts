import { createSessions, openStore, type Sessions, type SessionsOptions } from '../../../src/index.js';
import type { SessionStore } from '../../../src/store/contract.js';
import { Browser } from '../browser.js';
import { TestUsers } from '../users.js';
import type { RedisServer } from './server.js';

/** Two machines of one site: sessions of their own, with connections of their own, on one Redis. */
export interface Machines {
  /** The address of their store. */
  where: string;
  sessions: [Sessions, Sessions];
  users: TestUsers;
  /** Milliseconds since 1970. */
  time: { now: number };
  /** The same store for the test, with a third connection. */
  store: SessionStore;
  /** A person whose browser meets the first machine, and the same browser when it meets the second. */
  person: () => [Browser, Browser];
  close: () => Promise<void>;
}

let sites = 0;

/** How long (ms) a call may take: tests that fill the machine must not fail by it. */
const LIMIT = 20_000;

/** The site has no option `secrets`: both machines use the secret in Redis. Each call makes a new site. */
export async function twoMachines(
  server: Pick<RedisServer, 'url'>,
  options: SessionsOptions = {},
): Promise<Machines> {
  const where = `${server.url}?prefix=site-${sites++}/&timeout=${LIMIT}`;
  const time = { now: Date.now() };
  const users = new TestUsers();
  const machine = () =>
    createSessions({ store: where, users, anonymousCookieLifetime: 2, clock: () => time.now, ...options });
  const sessions: [Sessions, Sessions] = [machine(), machine()];
  const store = await openStore(where);
  return {
    where,
    sessions,
    users,
    time,
    store,
    person: () => {
      const one = new Browser(sessions[0]);
      return [one, new Browser(sessions[1], one.jar)];
    },
    close: async () => {
      for (const each of [...sessions, store]) await each.close();
    },
  };
}
