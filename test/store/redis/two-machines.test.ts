import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { MINUTE } from '../../../src/base/clock.js';
import { changeBack, changeUser, type SessionsOptions } from '../../../src/index.js';
import { need } from '../../aid/need.js';
import { all, onlyRecord } from '../../aid/records.js';
import { twoMachines } from '../../aid/redis/machines.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { ALICE, during } from '../../aid/route.js';

let server: RedisServer;

beforeAll(async () => {
  if (NO_REDIS === null) server = await startRedis();
});
beforeEach((context) => need(context, NO_REDIS));
afterAll(() => server?.stop());

async function machines(options: SessionsOptions = {}) {
  const site = await twoMachines(server, options);
  onTestFinished(site.close);
  const events: string[] = [];
  for (const sessions of site.sessions)
    for (const name of ['saved', 'save-dropped'] as const) sessions.on(name, () => events.push(name));
  return { ...site, events };
}

const increment = (count?: unknown) => Number(count ?? 0) + 1;

describe('two machines of one site on one Redis', () => {
  it('S2 S4: what a visitor stored on one moves along with a login on the other, under a new cookie', async () => {
    const site = await machines();
    const [one, other] = site.person();
    await one.visit();
    await one.visit({}, (session) => session.set('cart', 'apple'));
    const before = one.cookie;
    await other.logIn('alice');
    expect(one.cookie).toMatch(/^user\./);
    expect(one.cookie?.split('.')[1]).not.toBe(before?.split('.')[1]);
    for (const browser of [one, other]) {
      const { user, session } = await browser.visit();
      expect([user, session.get('cart')]).toEqual(['alice', 'apple']);
    }
    expect(await onlyRecord(site.store)).toMatchObject({ kind: 'user', data: { cart: 'apple' } });
  });

  it('S6: after a logout on one, a stolen cookie opens nothing on the other', async () => {
    const site = await machines();
    const [one, other] = site.person();
    await one.logIn('alice');
    const thief = other.copy();
    expect((await thief.visit()).user).toBe('alice');
    await one.logOut();
    expect(await thief.visit()).toMatchObject({ user: null, reasons: { moin_session: 'refused-unknown' } });
    expect(await all(site.store.scan())).toEqual([]);
  });

  it('S8: cookie and record are refreshed once per tenth of the lifetime, whichever machine is asked', async () => {
    const site = await machines({ cookieLifetime: 10 });
    const [one, other] = site.person();
    await one.logIn('alice');
    const { revision } = await onlyRecord(site.store);
    site.time.now += 59 * MINUTE;
    for (const browser of [one, other]) expect((await browser.visit()).sent).toBeNull();
    expect((await onlyRecord(site.store)).revision).toBe(revision);
    site.time.now += MINUTE;
    expect((await one.visit()).sent).toMatchObject({ action: 'set' });
    expect((await other.visit()).sent).toBeNull();
    expect((await onlyRecord(site.store)).revision).toBe(revision + 1);
  });

  it('S9: of many logins of one user at once, on both, the limit holds', async () => {
    const site = await machines({ maxSessionsPerUser: 3 });
    const people = Array.from({ length: 12 }, () => site.person());
    const answers = await Promise.all(people.map((person, n) => person[n % 2 === 0 ? 0 : 1].logIn('alice')));
    const active = await all(site.sessions[0].list({ userId: 'u-alice', state: 'active' }));
    expect(active).toHaveLength(3);
    const letIn = answers.flatMap(({ user, session }) => (user === null ? [] : [session.id]));
    expect(letIn).toEqual(expect.arrayContaining(active.map(({ id }) => id)));
    const users = await Promise.all(people.map(async ([, other]) => (await other.visit()).user));
    expect(users.filter((user) => user === 'alice')).toHaveLength(3);
  });

  it('S9, deny: of many logins of one user at once, on both, as many as the limit are let in and stay', async () => {
    const site = await machines({ maxSessionsPerUser: 3, onLimit: 'deny' });
    const people = Array.from({ length: 8 }, () => site.person());
    const answers = await Promise.all(people.map((person, n) => person[n % 2 === 0 ? 0 : 1].logIn('alice')));
    const letIn = answers.flatMap(({ user, session }) => (user === null ? [] : [session.id]));
    const active = await all(site.sessions[1].list({ userId: 'u-alice', state: 'active' }));
    expect(active.map(({ id }) => id).sort()).toEqual(letIn.sort());
    expect(active).toHaveLength(3);
  });

  it('I1: requests at once that change different keys all win, and update() loses no step', async () => {
    const site = await machines();
    const [one, other] = site.person();
    await one.logIn('alice');
    const requests = Array.from({ length: 24 }, (_, n) =>
      (n % 2 === 0 ? one : other).visit({}, async (session) => {
        session.set(`key-${n}`, n);
        await session.update('count', increment);
      }),
    );
    await Promise.all(requests);
    const { data } = await onlyRecord(site.store);
    expect(Object.keys(data).filter((key) => key.startsWith('key-'))).toHaveLength(24);
    expect(data.count).toBe(24);
  });

  it.each<[string, (site: Awaited<ReturnType<typeof machines>>, id: string) => unknown]>([
    ['expired', ({ sessions }, id) => sessions[1].expire([id])],
    ['purged', ({ sessions }, id) => sessions[1].purge([id])],
  ])(
    'I2: a request in flight on one does not bring back what is %s on the other, and says so',
    async (_, end) => {
      const site = await machines();
      const [one, other] = site.person();
      const { session } = await one.logIn('alice');
      await one.visit({}, async (session_) => {
        session_.set('late', true);
        await end(site, session.id as string);
      });
      expect(site.events).toContain('save-dropped');
      expect((await other.visit()).user).toBeNull();
      const records = await all(site.store.scan());
      expect(records.filter(({ record }) => record?.ended === null)).toEqual([]);
      expect(records.some(({ record }) => record !== null && 'late' in record.data)).toBe(false);
    },
  );

  it('I2: a request in flight on one brings back neither what is logged out nor what is rotated on the other', async () => {
    const site = await machines();
    const [one, other] = site.person();
    await one.logIn('alice');
    const inFlight = await one.begin();
    await other.visit({}, (session) => session.rotate());
    inFlight.session.set('late', 1);
    await inFlight.commit();
    expect((await onlyRecord(site.store)).data).toEqual({});
    const again = await one.begin();
    await other.logOut();
    again.session.set('late', 2);
    await again.commit();
    expect(await all(site.store.scan())).toEqual([]);
    expect((await other.visit()).user).toBeNull();
  });

  it('I2: a visitor’s first value, stored on one while the other logs the visitor in, makes no record', async () => {
    const site = await machines();
    const [one, other] = site.person();
    await one.visit();
    const inFlight = await one.begin();
    await other.logIn('alice');
    inFlight.session.set('late', 1);
    await inFlight.commit();
    expect(site.events).toContain('save-dropped');
    expect(await onlyRecord(site.store)).toMatchObject({ kind: 'user', data: {} });
  });

  it('a login from a route, a change of user and back: each is there on the other at once', async () => {
    const site = await machines({ superuser: ['alice'] });
    const [one, other] = site.person();
    await during(one, (visit) => visit.logIn(ALICE, { label: 'sign-up' }));
    expect((await other.visit()).visit.user).toMatchObject({ name: 'alice', method: 'route:sign-up' });
    await during(other, (visit) => changeUser(visit, 'bob'));
    expect((await one.visit()).visit).toMatchObject({ user: { name: 'bob' }, realUser: { name: 'alice' } });
    await during(one, changeBack);
    expect((await other.visit()).visit).toMatchObject({
      user: { name: 'alice' },
      realUser: { name: 'alice' },
    });
  });

  it('spec 4: two machines that begin at once make one secret', async () => {
    const site = await machines();
    const [one, other] = [site.person()[0], site.person()[1]];
    await Promise.all([one.visit(), other.visit()]);
    await one.visit({}, (session) => session.set('own', 1));
    const moved = site.person()[1];
    moved.plant(one.cookie);
    expect((await moved.visit()).session.get('own')).toBe(1);
  });
});
