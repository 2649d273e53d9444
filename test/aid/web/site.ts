import { StoreError } from '../../../src/base/errors.js';
import {
  type AuthMethod,
  type AuthOption,
  createSessions,
  MemoryStore,
  type SessionStore,
  type SessionsOptions,
} from '../../../src/index.js';
import type { Sessions } from '../../../src/sessions.js';
import { TestUsers } from '../users.js';

/** A store whose writes can be made to wait, or to fail. */
export class TestStore extends MemoryStore {
  #gate: Promise<void> | null = null;
  #reached: (() => void) | null = null;
  /** Writes fail. */
  broken = false;
  /** Reads fail. */
  unreachable = false;
  /** What happened, in order: `saved` whenever a write is done, and what a test adds. */
  readonly log: string[] = [];

  /** From now on writes wait. `reached`: one is waiting; `open()`: they go on. */
  hold(): { reached: Promise<void>; open: () => void } {
    const gate = deferred();
    const reached = deferred();
    this.#gate = gate.promise;
    this.#reached = reached.resolve;
    const open = () => {
      this.#gate = null;
      gate.resolve();
    };
    return { reached: reached.promise, open };
  }

  override async find(id: string) {
    if (this.unreachable) throw new StoreError('the store is out of reach');
    return super.find(id);
  }

  override async create(...args: Parameters<SessionStore['create']>) {
    await this.#wait();
    const outcome = await super.create(...args);
    this.log.push('saved');
    return outcome;
  }

  override async update(...args: Parameters<SessionStore['update']>) {
    await this.#wait();
    const record = await super.update(...args);
    this.log.push('saved');
    return record;
  }

  async #wait(): Promise<void> {
    this.#reached?.();
    await this.#gate;
    if (this.broken) throw new StoreError('the disk is full: make room');
  }
}

export interface Site {
  store: TestStore;
  users: TestUsers;
  sessions: Sessions;
}

export const SECRET = 'a secret for tests alone, longer than 32 bytes';

/** Answers `/crooked` with what no header can hold, as a strategy does that redirects to a visitor's own text. */
const crooked: AuthMethod = {
  name: 'crooked',
  authenticate({ url }, { user }) {
    const response = { status: 302, headers: { location: '/\r\nSet-Cookie: own=1' } };
    return { user, continue: true, ...(url === '/crooked' && { response }) };
  },
};

export function makeSite(options: Pick<SessionsOptions, 'auth' | 'cookieName'> = {}): Site {
  const store = new TestStore();
  const users = new TestUsers();
  const auth: AuthOption[] = [
    'moin_login',
    { method: 'http_basic', realm: 'Test' },
    'moin_session',
    'moin_anon_session',
    crooked,
  ];
  const sessions = createSessions({
    store,
    users,
    secrets: SECRET,
    anonymousCookieLifetime: 1,
    auth,
    ...options,
  });
  return { store, users, sessions };
}

/** What the store holds of the only session in it. */
export async function onlyRecord(store: SessionStore) {
  const records = [];
  for await (const { record } of store.scan()) records.push(record);
  if (records.length !== 1 || records[0] === null) throw new Error(`${records.length} records, not one`);
  return records[0] as NonNullable<(typeof records)[0]>;
}

/** A promise, and the function that fulfils it. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
