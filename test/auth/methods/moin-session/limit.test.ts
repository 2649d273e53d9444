import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../../src/base/clock.js';
import { makeSite, type Site, visitorWith } from '../../../aid/site.js';

/** As many logins of alice, each in a browser of its own, a minute apart. */
async function logins(site: Site, count: number) {
  const browsers = [];
  for (let index = 0; index < count; index++) {
    const browser = site.browser();
    await browser.logIn('alice');
    browsers.push(browser);
    site.pass(MINUTE);
  }
  return browsers;
}

async function activeOnes(site: Site): Promise<number> {
  return (await site.records()).filter(({ cookieExpires }) => cookieExpires > site.time.now).length;
}

describe('S9: the limit of sessions per user', () => {
  it('S9: the default is 20', async () => {
    const site = makeSite();
    const [first, second] = await logins(site, 21);
    expect(await activeOnes(site)).toBe(20);
    expect((await first?.visit())?.user).toBeNull();
    expect((await second?.visit())?.user).toBe('alice');
  });

  it('S9: the one not seen longest goes first, not the oldest', async () => {
    const site = makeSite({ maxSessionsPerUser: 2 });
    const [first, second] = await logins(site, 2);
    site.pass(HOUR);
    await first?.visit({}, (session) => session.set('draft', 'x'));
    const third = site.browser();
    const { user, visit } = await third.logIn('alice');
    expect(user).toBe('alice');
    expect((await first?.visit())?.user).toBe('alice');
    expect((await third.visit()).user).toBe('alice');
    const refused = await second?.visit();
    expect(refused?.reasons.moin_session).toBe('refused-expired');
    expect(refused?.visit.trace[2]?.text).toMatch(/logged in elsewhere 2 times.*evicted/);
    expect(visit.realUser?.name).toBe('alice');
    expect(site.events).toContainEqual(
      expect.objectContaining({ event: 'ended', reason: 'limit', user: 'alice' }),
    );
  });

  it.each([
    ['the one created first', 2, 'larger'],
    ['the one of the smaller id', 1, 'smaller'],
  ] as const)('S9: of two seen last at the same moment %s goes', async (_, age, which) => {
    const site = makeSite({ maxSessionsPerUser: 2 });
    await logins(site, 2);
    const [smaller, larger] = (await site.records()).sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const [record, hours] of [
      [smaller, 1],
      [larger, age],
    ] as const) {
      const changed = { ...record, seen: site.time.now, created: site.time.now - hours * HOUR };
      site.store.putBytes(record?.id as string, JSON.stringify(changed));
    }
    await site.browser().logIn('alice');
    const ended = (await site.records()).filter((record) => record.ended !== null);
    expect(ended.map(({ id }) => id)).toEqual([(which === 'smaller' ? smaller : larger)?.id]);
  });

  it('S9: the new login is the last to go, even with a clock that was set back', async () => {
    const site = makeSite({ maxSessionsPerUser: 1 });
    await logins(site, 1);
    site.pass(-HOUR);
    const browser = site.browser();
    await browser.logIn('alice');
    expect((await browser.visit()).user).toBe('alice');
    expect(await activeOnes(site)).toBe(1);
  });

  it('S9: of several over the limit, all surplus goes', async () => {
    const site = makeSite();
    await logins(site, 5);
    const strict = makeSite({ store: site.store, maxSessionsPerUser: 2, clock: () => site.time.now });
    await strict.browser().logIn('alice');
    expect(await activeOnes(site)).toBe(2);
  });

  it('S9: a login over a session of the same user counts once; other users and sessions that are over do not', async () => {
    const site = makeSite({ maxSessionsPerUser: 2, onLimit: 'deny', cookieLifetime: 1 });
    await logins(site, 1);
    site.pass(HOUR);
    const [browser] = await logins(site, 2);
    await site.browser().logIn('bob');
    expect((await browser?.logIn('alice'))?.reasons.moin_session).toBe('login');
  });

  it('S9, deny: the new login is refused, and what was there stays', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    const [first] = await logins(site, 1);
    const visitor = await visitorWith(site, 'cart', 'apple');
    const before = await site.records();
    const { user, session, headers, reasons } = await visitor.logIn('alice');
    expect(user).toBeNull();
    expect(reasons.moin_session).toBe('login-denied');
    expect(session.get('cart')).toBe('apple');
    expect(headers['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual(before);
    expect((await first?.visit())?.user).toBe('alice');
  });

  it('S9, deny: with room again the login is let in', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    const [first] = await logins(site, 1);
    await first?.logOut();
    expect((await site.browser().logIn('alice')).user).toBe('alice');
  });

  it('S9, deny: of logins at once no more than the limit hold, and the others leave nothing', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    const visitor = await visitorWith(site, 'cart', 'apple');
    const answers = await Promise.all([site.browser().logIn('alice'), visitor.logIn('alice')]);
    for (const { user, sent, visit } of answers.filter((answer) => answer.user === null)) {
      expect(user).toBeNull();
      expect(sent?.kind).not.toBe('user');
      expect(visit.trace.find(({ method }) => method === 'moin_session')).toMatchObject({
        reason: 'login-denied',
        userAfter: null,
      });
    }
    expect(await activeOnes(site)).toBeLessThanOrEqual(2);
    expect((await site.records()).filter(({ kind }) => kind === 'user').length).toBeLessThanOrEqual(1);
  });

  it('S9, S5: a visitor whose login lost such a race keeps the anonymous session', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    const visitor = await visitorWith(site, 'cart', 'apple');
    const [before, cookie] = [await site.records(), visitor.cookie];
    // Of another process: in one, logins of the same user take turns.
    const elsewhere = makeSite({ store: site.store, maxSessionsPerUser: 1, onLimit: 'deny' });
    const other = elsewhere.browser();
    let first = true;
    site.store.before = async (call) => {
      if (call !== 'create' || !first) return;
      first = false;
      await other.logIn('alice');
    };
    const { user } = await visitor.logIn('alice');
    expect(user).toBeNull();
    expect((await other.visit()).user).toBe('alice');
    expect(visitor.cookie).toBe(cookie);
    expect(await site.records()).toEqual(expect.arrayContaining(before));
    expect((await visitor.visit()).session.get('cart')).toBe('apple');
  });
});

describe('S9: sessions of users whom no login brought (S7)', () => {
  const AS_ALICE = { headers: { 'x-user': 'alice' } };

  /** A client whom HTTP Basic or the like establishes at each request, and who stores something. */
  async function client(site: Site) {
    const browser = site.browser();
    await browser.visit(AS_ALICE);
    const { visit } = await browser.visit(AS_ALICE, (session) => session.set('draft', 'x'));
    site.pass(MINUTE);
    return { browser, visit };
  }

  it('S9: count, and the one not seen longest goes when the next is written', async () => {
    const site = makeSite({ maxSessionsPerUser: 3 });
    for (let n = 0; n < 5; n++) await client(site);
    expect(await activeOnes(site)).toBe(3);
    const ended = site.events.filter((event) => event.event === 'ended');
    expect(ended).toHaveLength(2);
  });

  it('S9: with onLimit deny, none is written beyond the limit, and that is reported', async () => {
    const site = makeSite({ maxSessionsPerUser: 2, onLimit: 'deny' });
    for (let n = 0; n < 3; n++) await client(site);
    expect(await site.records()).toHaveLength(2);
    expect(site.events.map(({ event }) => event)).toContain('save-dropped');
  });

  it("S9: a visitor's session that a user takes over counts as theirs", async () => {
    const site = makeSite({ maxSessionsPerUser: 1 });
    await client(site);
    const visitor = await visitorWith(site, 'draft', 'y');
    await visitor.visit(AS_ALICE, (session) => session.set('more', 'z'));
    expect(await activeOnes(site)).toBe(1);
  });
});
