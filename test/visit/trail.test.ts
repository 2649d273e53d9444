import { beforeEach, describe, expect, test } from 'vitest';
import { createSessions, MemoryStore, type Sessions, type StoreEntry, trail } from '../../src/index.js';

describe('the visited-pages trail (spec 5)', () => {
  let sessions: Sessions;
  let store: MemoryStore;
  let cookie: string;

  beforeEach(() => start(5));

  async function start(trailSize: number): Promise<void> {
    store = new MemoryStore();
    sessions = createSessions({ store, secrets: 's'.repeat(32), anonymousCookieLifetime: 1, trailSize });
    cookie = String((await (await sessions.begin({})).commit())['set-cookie']).split(';')[0] ?? '';
  }

  async function see(...pages: string[]): Promise<readonly string[]> {
    for (const page of pages) {
      const visit = await sessions.begin({ headers: { cookie } });
      await trail(visit).add(page);
      await visit.commit();
    }
    return trail(await sessions.begin({ headers: { cookie } })).pages;
  }

  async function entry(): Promise<StoreEntry | undefined> {
    for await (const only of store.scan()) return only;
    return undefined;
  }

  test('newest last, no repeats', async () => {
    expect(await see('FrontPage', 'フロントページ', 'FrontPage')).toEqual(['フロントページ', 'FrontPage']);
  });

  test('holds trailSize pages, 5 when nothing is said', async () => {
    expect(await see('1', '2', '3', '4', '5', '6')).toEqual(['2', '3', '4', '5', '6']);
  });

  test.each([0, 1, 2])('a trailSize of %i is kept to', async (size) => {
    await start(size);
    expect(await see('1', '2', '3')).toEqual(['1', '2', '3'].slice(3 - size));
  });

  test('with a trailSize of 0 a page view writes nothing and sends no cookie (S8)', async () => {
    await start(0);
    const visit = await sessions.begin({ headers: { cookie } });
    expect(await trail(visit).add('FrontPage')).toEqual([]);
    expect((await visit.commit())['set-cookie']).toBeUndefined();
    expect(await entry()).toBeUndefined();
  });

  test('a trail that was longer once shows trailSize pages', async () => {
    const visit = await sessions.begin({ headers: { cookie } });
    visit.session.set('trail', ['1', '2', '3', '4', '5', '6', '7']);
    expect(trail(visit).pages).toEqual(['3', '4', '5', '6', '7']);
  });

  test('parallel tabs lose no page (I1)', async () => {
    await see('before');
    const tabs = await Promise.all(['a', 'b', 'c'].map(() => sessions.begin({ headers: { cookie } })));
    await Promise.all(tabs.map((tab, index) => trail(tab).add(`tab ${index}`)));
    expect([...(await see())].sort()).toEqual(['before', 'tab 0', 'tab 1', 'tab 2']);
  });

  test('seeing the same page again writes nothing (S8)', async () => {
    await see('FrontPage');
    const before = await entry();
    await see('FrontPage', 'FrontPage');
    const after = await entry();
    expect(after).toEqual(before);
  });

  test('a visitor without a session has none, and makes none (S1)', async () => {
    const visit = await sessions.begin({});
    expect(await trail(visit).add('FrontPage')).toEqual([]);
    expect(visit.session.size).toBe(0);
  });

  test('survives what others left under its key', async () => {
    const visit = await sessions.begin({ headers: { cookie } });
    visit.session.set('trail', { not: 'a list' });
    await visit.commit();
    expect(await see('FrontPage')).toEqual(['FrontPage']);
  });
});
