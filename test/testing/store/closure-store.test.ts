import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SecretKeeper, SessionStore } from '../../../src/index.js';
import { createSessions } from '../../../src/sessions.js';
import { simulate } from '../../../src/simulate.js';
import { loggedIn, visitor } from '../../../src/testing/people.js';
import { storeChecks } from '../../../src/testing/store/suite.js';
import { all } from '../../aid/records.js';
import { encryptedRows, encryptedStore } from '../closure-store.js';

/** A new store that closes over keys of its own; several handles share its rows. */
function open() {
  const [key, secret] = [randomBytes(32), randomBytes(32)];
  const rows = encryptedRows(key);
  const handle = () => encryptedStore(key, secret, rows);
  return { ...rows, key, secret, handle, store: handle() };
}

describe('a store closed over secrets of its own: no class, no this, no prototype (spec 6)', () => {
  const opened = new Map<SessionStore, ReturnType<typeof open>>();
  const checks = storeChecks<SessionStore & SecretKeeper>({
    open() {
      const made = open();
      opened.set(made.store, made);
      return made.store;
    },
    reopen: (store) => opened.get(store)?.handle() as SessionStore,
    plant(store, id, text) {
      const { rows, encrypt } = opened.get(store) as ReturnType<typeof open>;
      rows.set(id, encrypt(id, text));
    },
  });

  for (const { title, run } of checks) it(title, () => run());

  it('a site, a visitor, a login, an administrator and a simulation work on it', async () => {
    const { store, rows } = open();
    const sessions = createSessions({ store, anonymousCookieLifetime: 1 });
    const browser = await visitor(sessions);
    await browser.get('/', (session) => session.set('card', 'S3cret'));
    const alice = await loggedIn(sessions, 'alice');
    await alice.get('/', (session) => session.set('card', 'S3cret'));
    expect((await all(sessions.list({ userName: 'alice' }))).map(({ state }) => state)).toEqual(['active']);
    const request = { headers: { cookie: alice.cookieHeader() } };
    expect((await simulate({ store }, { request })).requests[0]?.user?.name).toBe('alice');
    expect(Buffer.concat([...rows.values()]).toString('latin1')).not.toContain('S3cret');
    await sessions.expire({ userName: 'alice' });
    expect((await alice.get('/')).user).toBeNull();
    expect(await sessions.purge({ all: true })).toMatchObject({ removed: 2 });
    await sessions.close();
  });

  it('I4: without its key all is unreadable, and nothing is lost', async () => {
    const { store, rows, secret } = open();
    const sessions = createSessions({ store });
    const alice = await loggedIn(sessions, 'alice');
    const other = encryptedStore(randomBytes(32), secret, encryptedRows(randomBytes(32)));
    expect(await all(other.scan())).toEqual([]);
    const stranger = encryptedStore(randomBytes(32), secret, { ...encryptedRows(secret), rows });
    expect(await all(stranger.scan())).toMatchObject([
      { record: null, unreadable: expect.stringMatching(/another key/) },
    ]);
    expect((await alice.get('/')).user).toBe('alice');
  });

  it("the secret is the store's own: it signs the cookies", async () => {
    const { store, secret } = open();
    const alice = await loggedIn(createSessions({ store }), 'alice');
    const same = createSessions({ store, secrets: secret });
    const { user } = await same.begin({ headers: { cookie: alice.cookieHeader() } });
    expect(user?.name).toBe('alice');
  });
});
