import { describe, expect, it } from 'vitest';
import { idOf } from '../../../src/session/cookie/token.js';
import { makeSite, type Site, visitorWith } from '../../aid/site.js';

describe('spec 6: tombstones, which a bot could fill a disk with', () => {
  it.each(['destroy', 'rotate'] as const)(
    'spec 6: %s of a visitor who has no record leaves none, and with a record it does',
    async (method) => {
      const site = makeSite();
      const bot = site.browser();
      await bot.visit();
      const id = sessionId(bot.cookie);
      site.store.newCalls();
      await bot.visit({}, (session) => session[method]());
      expect(await site.store.tombstone(id)).toBeNull();
      expect(site.store.newCalls()).not.toContain('delete');

      const visitor = await visitorWith(site, 'a', '1');
      const record = sessionId(visitor.cookie);
      await visitor.visit({}, (session) => session[method]());
      expect((await site.store.tombstone(record))?.reason).toBe(
        method === 'destroy' ? 'destroyed' : 'rotated',
      );
    },
  );

  it.each(['destroy', 'rotate'] as const)(
    'spec 6: %s counts a record that another request has made meanwhile',
    async (method) => {
      const site = makeSite();
      const browser = site.browser();
      await browser.visit();
      const visit = await browser.begin();
      await browser.visit({}, (session) => session.set('a', '1'));
      await visit.session[method]();
      expect(await site.store.tombstone(sessionId(browser.cookie))).not.toBeNull();
    },
  );
});

describe('I2: a save under an id that is spent', () => {
  it('I2: is dropped and reported, writes nothing, and leaves no session', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const late = await browser.begin();
    await destroyWithRecord(site, browser.copy());
    site.store.newCalls();
    late.session.set('a', 'late');
    expect(await late.session.save()).toBe('dropped');
    expect(site.store.newCalls()).toEqual(['create']);
    expect(late.session).toMatchObject({ available: false, id: null, isNew: true });
    expect(site.events.at(-1)).toMatchObject({ event: 'save-dropped', id: sessionId(browser.cookie) });
    expect((await late.commit())['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual([]);
  });

  async function destroyWithRecord(_: Site, browser: ReturnType<Site['browser']>): Promise<void> {
    await browser.visit({}, async (session) => {
      await session.set('a', '1').save();
      await session.destroy();
    });
  }
});

function sessionId(cookie: string | undefined): string {
  return idOf(cookie?.split('.')[1] ?? '');
}
