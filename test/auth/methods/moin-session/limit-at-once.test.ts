import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionStore } from '../../../../src/store/contract.js';
import { MemoryStore } from '../../../../src/store/memory.js';
import { temporaryStore } from '../../../aid/file-store.js';
import { scheduledStore } from '../../../aid/scheduled-store.js';
import { makeSite, type Site, START, visitorWith } from '../../../aid/site.js';

type OnLimit = 'evict' | 'deny';

/** What became of logins at once: the cookies of those who were let in, and of those who still are a moment later. */
async function outcome({ sessions }: Site, tries: readonly Promise<Try>[]) {
  const results = await Promise.all(tries);
  const letIn = results.flatMap(({ user, cookie }) => (user === null ? [] : [cookie]));
  const alive: (string | undefined)[] = [];
  for (const { cookie } of results) {
    const headers = cookie === undefined ? {} : { cookie: `MOIN_SESSION=${cookie}` };
    if ((await sessions.begin({ headers })).user !== null) alive.push(cookie);
  }
  return { letIn, alive };
}

interface Try {
  user: string | null;
  cookie: string | undefined;
}

async function logIn(site: Site): Promise<Try> {
  const browser = site.browser();
  const { user } = await browser.logIn('alice');
  return { user, cookie: browser.cookie };
}

const STORES: [string, () => SessionStore][] = [
  ['memory', () => new MemoryStore()],
  ['file', () => temporaryStore().store],
];

describe.each(STORES)('S9: logins of one user at once, %s', (_, makeStore) => {
  it.each([
    [1, 2, 0],
    [1, 5, 0],
    [20, 60, 1],
  ])('S9: at a limit of %s, of %s all are let in, and the last ones hold', async (max, n, tick) => {
    let now = START;
    const clock = () => (now += tick);
    const site = makeSite({ store: makeStore(), maxSessionsPerUser: max, clock });
    const { letIn, alive } = await outcome(
      site,
      Array.from({ length: n }, () => logIn(site)),
    );
    expect(letIn).toHaveLength(n);
    expect(alive).toEqual(letIn.slice(-max));
  });

  it.each([
    [1, 2],
    [20, 25],
  ])('S9, deny: at a limit of %s, of %s so many are let in, and all of them hold', async (max, n) => {
    const site = makeSite({ store: makeStore(), maxSessionsPerUser: max, onLimit: 'deny' });
    const { letIn, alive } = await outcome(
      site,
      Array.from({ length: n }, () => logIn(site)),
    );
    expect(letIn).toHaveLength(max);
    expect(alive).toEqual(letIn);
  });
});

describe('S9: logins of one user in several processes at once', () => {
  /** Logins in processes of their own, whose calls meet in the store in any order; the clocks differ by some ms. */
  const meetings = fc.record({
    scheduler: fc.scheduler(),
    max: fc.integer({ min: 1, max: 3 }),
    clocks: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 4 }),
    before: fc.integer({ min: 0, max: 2 }),
  });

  it.each<OnLimit>(['evict', 'deny'])(
    'S9, %s: in whatever order their calls meet in the store, min(n, max) hold',
    async (onLimit) => {
      await fc.assert(
        fc.asyncProperty(meetings, async ({ scheduler, max, clocks, before }) => {
          const shared = new MemoryStore();
          const options = { maxSessionsPerUser: max, onLimit, anonymousCookieLifetime: 0 };
          const home = makeSite({ ...options, store: shared });
          const settled = [];
          for (let n = 0; n < before; n++) settled.push(Promise.resolve(await logIn(home)));
          const tries = clocks.map((ahead) => {
            const site = makeSite({
              ...options,
              store: scheduledStore(shared, scheduler),
              clock: () => home.time.now + ahead,
            });
            return logIn(site);
          });
          await scheduler.waitFor(Promise.all(tries));
          const { letIn, alive } = await outcome(home, [...settled, ...tries]);
          expect(alive).toHaveLength(Math.min(before + clocks.length, max));
          expect(letIn).toEqual(expect.arrayContaining(alive));
          if (onLimit === 'deny') expect(alive).toEqual(letIn);
          await expectNothingElse(shared, onLimit, alive.length);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('S9, evict: who is evicted before the login is done is told so, and keeps what the visitor had', async () => {
    const site = makeSite({ maxSessionsPerUser: 1 });
    const visitor = await visitorWith(site, 'cart', 'apple');
    const elsewhere = makeSite({ store: site.store, maxSessionsPerUser: 1, clock: () => site.time.now + 1 });
    site.store.before = async (call) => {
      if (call !== 'findByUser') return;
      site.store.before = () => {};
      await elsewhere.browser().logIn('alice');
    };
    const { user, reasons } = await visitor.logIn('alice');
    expect([user, reasons.moin_session]).toEqual([null, 'login-denied']);
    expect((await visitor.visit()).session.get('cart')).toBe('apple');
    expect((await site.records()).filter(({ user }) => user !== null)).toHaveLength(1);
  });

  it('S9: a burst of logins of one user reads about the limit for each, and not those of all', async () => {
    const site = makeSite({ maxSessionsPerUser: 2 });
    const { store } = site;
    let read = 0;
    const findByUser = store.findByUser.bind(store);
    store.findByUser = async function* (userId) {
      for await (const entry of findByUser(userId)) {
        // The file store leaves out those that are over.
        if (entry.record?.ended === null) read += 1;
        yield entry;
      }
    };
    await Promise.all(Array.from({ length: 50 }, () => logIn(site)));
    expect(read).toBeLessThanOrEqual(50 * 2 * (2 + 1));
    await Promise.all([logIn(site), site.browser().logIn('bob')]);
  });

  /** Whoever was refused left no record; an evicted session's stays for the purge. */
  async function expectNothingElse(store: MemoryStore, onLimit: OnLimit, alive: number): Promise<void> {
    let active = 0;
    let ended = 0;
    for await (const { record } of store.scan()) {
      if (record?.ended === null) active += 1;
      else ended += 1;
    }
    expect(active).toBe(alive);
    if (onLimit === 'deny') expect(ended).toBe(0);
  }
});
