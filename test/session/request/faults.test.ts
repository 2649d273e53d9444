import { describe, expect, it, vi } from 'vitest';
import { HOUR, MINUTE } from '../../../src/base/clock.js';
import { StoreError } from '../../../src/base/errors.js';
import type { Session } from '../../../src/session/session.js';
import type { Browser } from '../../aid/browser.js';
import { makeSite, type Site, visitorWith } from '../../aid/site.js';

const LOGIN = { form: { login: true, name: 'alice', password: 'alice' } };
const FULL = new StoreError('the disk is full: make room');

/**
 * Counts the store's calls in `run`, then lets each of them fail in turn, before and after it took effect.
 * @param survived what is to be so after a removal that was done and whose answer was lost, if `run` then succeeds
 */
async function eachFault(
  prepare: () => Promise<{ site: Site; browser: Browser }>,
  run: (browser: Browser) => Promise<unknown>,
  check: (site: Site, browser: Browser) => Promise<void>,
  survived?: (browser: Browser) => Promise<void>,
): Promise<number> {
  const rehearsal = await prepare();
  rehearsal.site.store.newCalls();
  await run(rehearsal.browser);
  const calls = rehearsal.site.store.newCalls().length;
  for (const when of ['before', 'after'] as const) {
    for (let failing = 1; failing <= calls; failing++) {
      const { site, browser } = await prepare();
      let count = 0;
      let isRemoved = false;
      site.store[when] = (call) => {
        count += 1;
        if (count !== failing) return;
        isRemoved = when === 'after' && call === 'delete';
        throw FULL;
      };
      const outcome = await run(browser).catch((error: unknown) => error);
      site.store[when] = () => {};
      if (isRemoved && survived !== undefined && outcome !== FULL) {
        await survived(browser);
        continue;
      }
      expect(outcome, `${when} call ${failing}`).toBe(FULL);
      await check(site, browser);
    }
  }
  return calls;
}

async function visitor() {
  const site = makeSite({ maxSessionsPerUser: 1 });
  await site.browser().logIn('alice');
  site.pass(MINUTE);
  return { site, browser: await visitorWith(site, 'cart', 'apple') };
}

async function loggedIn() {
  const site = makeSite();
  const browser = site.browser();
  await browser.logIn('alice');
  await browser.visit({}, (session) => session.set('draft', 'x'));
  site.pass(HOUR);
  return { site, browser };
}

describe('a store that fails in a single call', () => {
  it('at a login: the request fails, no user is logged in, and no session without an owner is left; I1: the cart stays', async () => {
    let survivals = 0;
    const calls = await eachFault(
      visitor,
      (browser) => browser.visit(LOGIN),
      async (site, browser) => {
        const { user, session } = await browser.visit();
        expect([user, session.get('cart')]).toEqual([null, 'apple']);
        const mine = (await site.records()).filter(({ data }) => data.cart === 'apple');
        expect(mine.filter(({ kind }) => kind === 'user')).toEqual([]);
      },
      async (browser) => {
        survivals += 1;
        const { user, session } = await browser.visit();
        expect([user, session.get('cart')]).toEqual(['alice', 'apple']);
      },
    );
    expect(calls).toBeGreaterThanOrEqual(5);
    expect(survivals).toBe(1);
  });

  it.each<[string, (session: Session) => unknown, object]>([
    ['login', () => {}, LOGIN],
    ['rotation', (session) => session.rotate(), {}],
  ])(
    'I1: at the copy of what others saved during a %s: it fails, and nothing is lost',
    async (_, act, request) => {
      const { site, browser } = await visitor();
      const beside = await browser.begin();
      beside.session.set('seen', 'news');
      const stolen = browser.copy();
      const known = new Set((await site.records()).map(({ id }) => id));
      site.store.before = async (call) => {
        if (call !== 'create') return;
        site.store.before = () => {};
        await beside.commit();
        site.store.before = (next, id) => {
          if (next === 'update' && !known.has(id)) throw FULL;
        };
      };
      await expect(browser.visit(request, act)).rejects.toBe(FULL);
      site.store.before = () => {};
      expect((await stolen.visit()).session.toJSON()).toEqual({ cart: 'apple', seen: 'news' });
    },
  );

  it('I1: at a login, values that others save between a copy and the removal come along, too', async () => {
    const { site, browser } = await visitor();
    let saves = 0;
    site.store.before = async (call, id) => {
      if (call !== 'delete' || saves === 3) return;
      saves += 1;
      await site.store.update(id, (current) => ({ ...current, data: { ...current.data, [`n${saves}`]: 1 } }));
    };
    const { session } = await browser.visit(LOGIN);
    expect(saves).toBe(3);
    expect(session.toJSON()).toEqual({ cart: 'apple', n1: 1, n2: 1, n3: 1 });
    expect((await browser.visit()).session.toJSON()).toEqual(session.toJSON());
  });

  it('S11: no copied value moves along when the session is ended before the removal', async () => {
    const { site, browser } = await visitor();
    const beside = browser.copy();
    let deletes = 0;
    site.store.before = async (call, id) => {
      if (call !== 'delete') return;
      deletes += 1;
      if (deletes === 1) await site.store.update(id, (now) => ({ ...now, data: { ...now.data, late: 1 } }));
      if (deletes === 2) await beside.visit({}, (session) => session.destroy());
    };
    const { user, session } = await browser.visit(LOGIN);
    expect([user, session.toJSON()]).toEqual(['alice', {}]);
    expect((await browser.visit()).session.toJSON()).toEqual({});
  });

  it("at a login, before the visitor's session goes: that one is still there, with its data", async () => {
    const { site, browser } = await visitor();
    site.store.before = (call) => {
      if (call === 'delete') throw FULL;
    };
    await expect(browser.visit(LOGIN)).rejects.toBe(FULL);
    site.store.before = () => {};
    expect((await browser.visit()).session.get('cart')).toBe('apple');
  });

  it('at a login over another user: the request fails, and nothing of it is left', async () => {
    await eachFault(
      loggedIn,
      (browser) => browser.visit({ form: { login: true, name: 'bob', password: 'bob' } }),
      async (site, browser) => {
        expect((await browser.visit()).user).not.toBe('bob');
        expect((await site.records()).filter(({ user }) => user?.name === 'bob')).toEqual([]);
      },
    );
  });

  it('at a save: the request fails, the record is the old one or the new one, and saving again succeeds', async () => {
    await eachFault(
      loggedIn,
      (browser) => browser.visit({}, (session) => session.set('draft', 'y')),
      async (site, browser) => {
        expect(['x', 'y']).toContain((await site.records())[0]?.data.draft);
        expect((await browser.visit({}, (session) => session.set('draft', 'y'))).session.get('draft')).toBe(
          'y',
        );
        expect((await site.records())[0]?.data).toEqual({ draft: 'y' });
      },
    );
  });

  it('a save that failed can be repeated within its request; no cookie goes out for the one that failed', async () => {
    const { site, browser } = await loggedIn();
    const visit = await browser.begin();
    visit.session.set('draft', 'y');
    site.store.before = () => {
      throw FULL;
    };
    await expect(visit.commit()).rejects.toBe(FULL);
    expect(visit.outgoing()).toEqual([]);
    site.store.before = () => {};
    expect((await visit.commit())['set-cookie']).toBeDefined();
    expect((await site.records())[0]?.data).toEqual({ draft: 'y' });
  });

  it('at a logout: the request fails; a second logout ends the session', async () => {
    await eachFault(
      loggedIn,
      (browser) => browser.logOut(),
      async (site, browser) => {
        await browser.logOut();
        expect(await site.records()).toEqual([]);
      },
    );
  });

  it('at destroy(): it fails, and a second call in the same request succeeds', async () => {
    const { site, browser } = await loggedIn();
    const { session } = await browser.begin();
    site.store.before = () => {
      throw FULL;
    };
    await expect(session.destroy()).rejects.toBe(FULL);
    site.store.before = () => {};
    expect(session.available).toBe(true);
    await session.destroy();
    expect(session.available).toBe(false);
    expect(await site.records()).toEqual([]);
  });

  it('at rotate(): it fails, and the session goes on under its old token', async () => {
    for (const failing of ['create', 'delete'] as const) {
      const { site, browser } = await loggedIn();
      const visit = await browser.begin();
      const { id } = visit.session;
      let failed = false;
      site.store.before = (call) => {
        if (call !== failing || failed) return;
        failed = true;
        throw FULL;
      };
      await expect(visit.session.rotate()).rejects.toBe(FULL);
      expect(visit.session.id).toBe(id);
      visit.session.set('draft', 'y');
      browser.receive(await visit.commit());
      expect((await site.records()).map((record) => record.id)).toEqual([id]);
      expect((await browser.visit()).session.get('draft')).toBe('y');
    }
  });

  it('at update(): it fails, and a second call takes the step only once', async () => {
    const { site, browser } = await loggedIn();
    const { session } = await browser.begin();
    site.store.before = () => {
      throw FULL;
    };
    await expect(session.update('n', (n) => ((n as number) ?? 0) + 1)).rejects.toBe(FULL);
    site.store.before = () => {};
    expect(await session.update('n', (n) => ((n as number) ?? 0) + 1)).toBe(1);
  });
});

describe('a user directory that fails', () => {
  const OUT = new StoreError('the directory is out of reach: start it');

  it.each([
    ['findByName', 'a login', LOGIN],
    ['verifyPassword', 'a login', LOGIN],
    ['findById', 'a user cookie', {}],
  ] as const)('in %s: %s ends in an error, and no user is logged in', async (method, _, request) => {
    const { site, browser } = await loggedIn();
    const before = await site.records();
    vi.spyOn(site.users, method).mockRejectedValue(OUT);
    await expect(browser.visit(request)).rejects.toBe(OUT);
    expect(await site.records()).toEqual(before);
  });
});
