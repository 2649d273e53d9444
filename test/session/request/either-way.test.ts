import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { asSiteVisit } from '../../../src/visit/site-visit.js';
import type { Browser } from '../../aid/browser.js';
import { all } from '../../aid/records.js';
import { makeSite } from '../../aid/site.js';
import { WatchedStore } from '../../aid/watched-store.js';

const change = fc.constantFrom('read', 'set', 'delete', 'update', 'rotate', 'destroy', 'logout', 'login');
const request = fc.record({
  who: fc.nat(1),
  hours: fc.constantFrom(0, 0, 0.3, 1.5, 3),
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  /** Another request of the same browser, which began before and ends after. */
  beside: fc.option(change),
});
type Request = typeof request extends fc.Arbitrary<infer R> ? R : never;

async function apply(browser: Browser, changes: readonly string[], count: number) {
  const visit = asSiteVisit(await browser.begin());
  for (const what of changes) {
    if (what === 'set') visit.session.set(`key ${count % 3}`, { count });
    else if (what === 'delete') visit.session.delete('key 1');
    else if (what === 'update') await visit.session.update('steps', (steps = 0) => (steps as number) + 1);
    else if (what === 'rotate') await visit.session.rotate();
    else if (what === 'destroy') await visit.session.destroy();
    else if (what === 'login') await visit.logIn({ id: 'u-alice' });
    else if (what === 'logout') await visit.logOut();
  }
  return async () => {
    const headers = visit.headersNow() ?? (await visit.commit());
    browser.receive(headers);
    return [visit.user?.name, visit.session.toJSON(), Object.keys(headers).sort()];
  };
}

/** All that a story leaves: what each request got, the events, and the records without their ids. */
async function tell(store: MemoryStore, story: readonly Request[]) {
  const site = makeSite({ store });
  const browsers = [site.browser(), site.browser()];
  const answers = [];
  for (const [count, { who, hours, changes, beside }] of story.entries()) {
    const browser = browsers[who] as Browser;
    const other = beside === null ? null : await apply(browser, [beside], 100 + count);
    const commit = await apply(browser, changes, count);
    answers.push(await commit());
    if (other !== null) answers.push(await other());
    site.pass(hours * HOUR);
  }
  const records = (await all(store.scan())).map(({ record }) => ({ ...record, id: null }));
  const events = site.events.map(({ event, kind, user, reason, at }) => ({ event, kind, user, reason, at }));
  return { answers, events, records };
}

it('I1, I2, S8, S9: a store that saves in the same turn and one that makes requests wait tell the same story', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 8 }), async (story) => {
      expect(await tell(new MemoryStore(), story)).toEqual(await tell(new WatchedStore(), story));
    }),
    { numRuns: 60 },
  );
});
