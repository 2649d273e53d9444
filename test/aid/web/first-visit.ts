import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deferred } from '../deferred.js';
import { onlyRecord } from '../records.js';
import { makeSite, type Site } from '../site.js';
import type { Watched } from '../watched-store.js';
import type { App } from './adapter.js';
import { HttpBrowser } from './http-browser.js';
import type { Running } from './listen.js';

/** What every adapter does with a visitor's very first request under `anonymousSessions: 'first-visit'`. */
export function firstVisits(
  name: string,
  start: (app: App) => Promise<Running>,
  newStore: () => Watched,
): void {
  describe(`${name}: the first visit`, () => {
    let site: Site<Watched>;
    let running: Running;
    let gate: ReturnType<typeof deferred>;

    beforeEach(async () => {
      site = makeSite({ anonymousSessions: 'first-visit' }, newStore());
      gate = deferred();
      const onError = () => expect.unreachable('no request fails');
      running = await start({ sessions: site.sessions, onError, gate: gate.promise });
    });

    afterEach(async () => {
      await running.close();
      await site.store.close();
    });

    it('A1: a visitor counts from the first request on', async () => {
      const browser = new HttpBrowser(running.origin);
      expect(await browser.json('/count')).toEqual({ count: 1, user: null });
      expect(await browser.json('/count')).toEqual({ count: 2, user: null });
      expect((await onlyRecord(site.store)).data).toEqual({ count: 2 });
    });

    it('A1 S8: a page that stores nothing sets the cookie and writes no record', async () => {
      const browser = new HttpBrowser(running.origin);
      await browser.fetch('/nothing');
      expect(browser.cookie).toMatch(/^MOIN_SESSION=anon\./);
      expect(await site.records()).toEqual([]);
    });

    it('A1: a redirect keeps its value, for a flash message', async () => {
      const browser = new HttpBrowser(running.origin);
      expect((await browser.fetch('/go')).status).toBe(302);
      await browser.fetch('/count');
      expect((await onlyRecord(site.store)).data).toEqual({ went: true, count: 1 });
    });

    it('A1: two first requests at once get a token and a record each, and the browser keeps the last', async () => {
      const browser = new HttpBrowser(running.origin);
      const both = await Promise.all([browser.json('/count'), browser.json('/count')]);
      expect(both).toEqual([1, 1].map((count) => ({ count, user: null })));
      expect((await site.records()).map(({ data }) => data)).toEqual([{ count: 1 }, { count: 1 }]);
      expect(await browser.json('/count')).toEqual({ count: 2, user: null });
      expect((await site.records()).map(({ data }) => data.count).sort()).toEqual([1, 2]);
    });

    it('A1: a first value that comes after the headers is saved, because they had the cookie already', async () => {
      const browser = new HttpBrowser(running.origin);
      const response = await browser.fetch('/late');
      expect(await site.records()).toEqual([]);
      expect(browser.cookie).toMatch(/^MOIN_SESSION=anon\./);
      gate.resolve();
      expect(await response.text()).toBe('onetwo');
      await browser.fetch('/count');
      expect((await onlyRecord(site.store)).data).toEqual({ late: 1, count: 1 });
    });
  });
}
