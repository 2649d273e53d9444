import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { StoreError } from '../../../src/base/errors.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { Refusals } from '../../../src/session/admin/refusal.js';
import { isOfChain } from '../../../src/session/lifecycle/chain-names.js';
import type { UserDirectory } from '../../../src/users/directory.js';
import { all, NOW, sample, storeOf } from '../../aid/records.js';
import { byHeader, makeSite } from '../../aid/site.js';
import { TestUsers } from '../../aid/users.js';

const clock = () => NOW;
const by = (digits: string, method: string, name = 'alice') => ({
  ...sample(digits),
  user: { id: `u-${name}`, name, method },
});

describe('spec 2: refused when its time is not over, but its user is disabled or gone', () => {
  async function adminOf() {
    const users = new TestUsers();
    users.disable('bob');
    users.remove('carol');
    const store = await storeOf(
      by('aaaa', 'moin_login'),
      by('bbbb', 'moin_login', 'bob'),
      by('cccc', 'moin_login', 'carol'),
      { ...by('dddd', 'moin_login', 'bob'), cookieExpires: NOW - 1, expires: NOW + HOUR - 1 },
      { ...by('eeee', 'moin_login', 'bob'), cookieExpires: NOW - HOUR, expires: NOW },
      sample('ffff', { user: null }),
      by('abab', 'express-session:passport', 'dave'),
    );
    return { users, store, admin: new SessionAdmin({ store, users, clock }) };
  }
  const statesOf = async (infos: AsyncIterable<{ id: string; state: string }>) =>
    Object.fromEntries((await all(infos)).map(({ id, state }) => [id.slice(0, 4), state]));

  it('list and get show it; sessions in grace, expired, anonymous or of express-session are not judged', async () => {
    const { admin } = await adminOf();
    expect(await statesOf(admin.list())).toEqual({
      aaaa: 'active',
      bbbb: 'refused',
      cccc: 'refused',
      dddd: 'grace',
      eeee: 'expired',
      ffff: 'active',
      abab: 'active',
    });
    expect((await admin.get('bbbb'.padEnd(32, '0')))?.state).toBe('refused');
    expect((await admin.get('dddd'.padEnd(32, '0')))?.state).toBe('grace');
  });

  it('filters distinguish active from refused', async () => {
    const { admin } = await adminOf();
    expect(Object.keys(await statesOf(admin.list({ state: 'refused' })))).toEqual(['bbbb', 'cccc']);
    expect(Object.keys(await statesOf(admin.list({ state: 'active', kind: 'user' })))).toEqual([
      'aaaa',
      'abab',
    ]);
  });

  it('expire ends refused sessions: their time is not over', async () => {
    const { admin, store } = await adminOf();
    expect(await admin.expire({ state: 'refused' })).toMatchObject({ matched: 2, expired: 2 });
    expect((await store.find('aaaa'.padEnd(32, '0')))?.ended).toBeNull();
  });

  it.each(['active', 'refused'] as const)(
    'I5: expire checks again whether a session is %s',
    async (state) => {
      const users = new TestUsers();
      users.disable('bob');
      const store = await storeOf(by('bbbb', 'moin_login', 'bob'), by('aaaa', 'moin_login'));
      const { scan } = store;
      store.scan = async function* (options) {
        for (const entry of await all(scan.call(store, options))) {
          const other = entry.record?.user?.id === 'u-bob' ? 'alice' : 'bob';
          await store.update(entry.id, (record) => ({ ...record, user: by('a', 'moin_login', other).user }));
          yield entry;
        }
      };
      const report = await new SessionAdmin({ store, users, clock }).expire({ state });
      expect(report).toMatchObject({ matched: 1, expired: 0, kept: 1 });
    },
  );

  it('asks the directory once for each user, and never when the filter needs no state', async () => {
    const asked: string[] = [];
    const findById = async (id: string) => {
      asked.push(id);
      return { id, name: id };
    };
    const users = { findById } as unknown as UserDirectory;
    const names = ['alice', 'bob', 'carol'];
    const records = Array.from({ length: 60 }, (_, n) =>
      by(`${(4096 + n).toString(16)}`, 'moin_login', names[n % 3]),
    );
    const store = await storeOf(...records);
    const admin = new SessionAdmin({ store, users, clock });
    expect(await all(admin.list({ state: 'active' }))).toHaveLength(60);
    expect(asked.sort()).toEqual(['u-alice', 'u-bob', 'u-carol']);
    asked.length = 0;
    await admin.purge({ state: 'expired' });
    await admin.purge({ state: 'expired' }, { dryRun: true });
    await admin.expire({ userId: 'u-alice' });
    await admin.purge({ all: true });
    expect(asked).toEqual([]);
  });

  it('a directory that is out of reach is one clear error, and no session ends', async () => {
    const { store } = await adminOf();
    const broken = async () => {
      throw new Error('connect ECONNREFUSED');
    };
    const users = { findById: broken, findByName: broken } as unknown as UserDirectory;
    const admin = new SessionAdmin({ store, users, clock });
    const failures: unknown[] = [];
    const onFailure = (...failure: unknown[]) => failures.push(failure);
    for (const work of [
      () => all(admin.list()),
      () => admin.get('aaaa'.padEnd(32, '0')),
      () => admin.expire({ state: 'active' }, { onFailure }),
      () => admin.purge({ userName: 'alice' }, { onFailure }),
    ]) {
      const error = await work().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreError);
      expect(String(error)).toMatch(/user directory cannot be asked \(connect ECONNREFUSED\): see that/);
    }
    expect(failures).toEqual([]);
  });
});

describe('spec 2: refused when the auth method that established the user has left the chain', () => {
  it.each<[string, readonly string[], boolean]>([
    ['moin_login', ['moin_login', 'moin_session'], false],
    ['moin_login', ['http_basic', 'moin_session'], true],
    ['passport:github', ['passport'], false],
    ['passportal', ['passport'], true],
    ['passport', ['passport:github'], true],
    ['route', [], false],
    ['route:sign-up', [], false],
    ['routed', [], true],
    ['express-session', [], false],
    ['express-session:passport', [], false],
    ['setuid', [], false],
  ])('%s, in a chain of %j: %s', (method, chain, left) => {
    expect(isOfChain(method, chain)).toBe(!left);
  });

  it('with neither a chain nor a directory no session is refused', () => {
    expect(new Refusals({}).known({ id: 'a', bytes: 0, record: by('aaaa', 'gone') }, NOW)).toBe(false);
  });

  it('get says so too, with a user directory and without one', async () => {
    const store = await storeOf(by('aaaa', 'former'), by('bbbb', 'moin_login'));
    const users = new TestUsers();
    const methods = ['moin_login', 'moin_session'];
    for (const sources of [
      { store, clock, methods },
      { store, clock, methods, users },
    ]) {
      const admin = new SessionAdmin(sources);
      expect((await admin.get('aaaa'.padEnd(32, '0')))?.state).toBe('refused');
      expect((await admin.get('bbbb'.padEnd(32, '0')))?.state).toBe('active');
    }
  });

  it('Sessions judges by its own users and chain', async () => {
    const site = makeSite();
    await site.browser().logIn('alice');
    await site.browser().logIn('bob');
    site.users.disable('bob');
    const states = async ({ sessions }: Pick<typeof site, 'sessions'>) =>
      Object.fromEntries((await all(sessions.list())).map(({ userName, state }) => [userName, state]));
    expect(await states(site)).toEqual({ alice: 'active', bob: 'refused' });
    const { store, users, time } = site;
    const later = makeSite({ store, users, auth: [byHeader, 'moin_session'], clock: () => time.now });
    expect(await states(later)).toEqual({ alice: 'refused', bob: 'refused' });
  });
});

it('I5: of any number of users, the verdict on those who were judged last is known: their sessions are ended, not kept', async () => {
  const users: UserDirectory = {
    findByName: async () => null,
    findById: async () => null,
    verifyPassword: async () => false,
  };
  const refusals = new Refusals({ users });
  const entryOf = (n: number) => {
    const record = sample(n.toString(16).padStart(8, '0'), { user: `gone-${n}` });
    return { id: record.id, bytes: 1, record };
  };
  const forgotten: number[] = [];
  for (let n = 0; n < 60_000; n++) {
    expect(await refusals.judge(entryOf(n), NOW)).toBe(true);
    if (n > 1000 && refusals.known(entryOf(n - 1000), NOW) !== true) forgotten.push(n - 1000);
  }
  expect(forgotten).toEqual([]);
});
