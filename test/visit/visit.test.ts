import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { MemoryStore } from '../../src/store/memory.js';
import { asSiteVisit } from '../../src/visit/site-visit.js';
import type { Visit } from '../../src/visit/visit.js';
import { makeSite, SECRET, visitorWith } from '../aid/site.js';
import { WatchedStore } from '../aid/watched-store.js';

describe('what a visit reports of its cookies', () => {
  it('spec 5: kind, verdict, session and secret of each cookie in order, and no token', async () => {
    const site = makeSite();
    const old = await visitorWith(site, 'cart', 'apple');
    const secrets = ['another secret of the tests, 32 bytes', SECRET];
    const rotated = makeSite({ store: site.store, clock: () => site.time.now, secrets });
    const [name, mac = ''] = [`MOIN_SESSION=${old.cookie}`, old.cookie?.split('.')[2]];
    const cookie = `MOIN_SESSION=rubbish; ${name.replace(mac, 'A'.repeat(mac.length))}; ${name}`;
    const { cookies } = await rotated.sessions.begin({ headers: { cookie } });
    const [record] = await site.records();
    const none = { name: 'MOIN_SESSION', sessionId: null, secret: null };
    expect(cookies).toEqual([
      { ...none, kind: null, verdict: 'malformed' },
      { ...none, kind: 'anon', verdict: 'bad-signature' },
      { name: 'MOIN_SESSION', kind: 'anon', verdict: 'ok', sessionId: record?.id, secret: 1 },
    ]);
    expect(JSON.stringify(cookies)).not.toContain(old.cookie?.split('.')[1]);
  });

  it('spec 5: where no cookie came, one that is absent', async () => {
    const { cookies } = await makeSite().sessions.begin({});
    const none = { name: 'MOIN_SESSION', kind: null, sessionId: null, secret: null };
    expect(cookies).toEqual([{ ...none, verdict: 'absent' }]);
  });
});

describe('whether a visit has anything to save', () => {
  it.each([
    ['in the same turn', new MemoryStore()],
    ['after a promise', new WatchedStore()],
  ])(
    "spec 5: what commit() gives %s is the caller's own, and changes no answer to others",
    async (_, store) => {
      const { sessions } = makeSite({ anonymousCookieLifetime: 0, store });
      const first = await (await sessions.begin({})).commit();
      Object.assign(first, { vary: 'Accept', 'x-own': '1' });
      expect({ ...(await (await sessions.begin({})).commit()) }).toEqual({ vary: 'Cookie' });
    },
  );

  it('spec 5: headersNow() returns the headers of commit() while nothing is to be saved, else null', async () => {
    const site = makeSite();
    const browser = site.browser();
    const first = asSiteVisit(await browser.begin());
    expect(first.hasChanges()).toBe(false);
    expect(first.headersNow()).toEqual(await first.commit());
    browser.receive(await first.commit());
    const visit = asSiteVisit(await browser.begin());
    expect({ ...visit.headersNow() }).toEqual({ ...(await visit.commit()) });
    expect(visit.headersNow()).not.toHaveProperty('set-cookie');
    visit.session.set('cart', 'apple');
    expect(visit.hasChanges()).toBe(true);
    expect(visit.headersNow()).toBeNull();
    expect(visit.headers()).toHaveProperty('vary', 'Cookie');
    const headers = await visit.commit();
    expect(visit.hasChanges()).toBe(false);
    expect(visit.headersNow()).toEqual(headers);
  });

  it('spec 5: the changes of an own session of an auth method are not known: commit() asks it to save', async () => {
    let saves = 0;
    const own: AuthMethod = {
      name: 'own',
      authenticate(request, { user }) {
        request.session = new Proxy(new Map(), {
          get(map, key) {
            if (key === 'save') return async () => saves++;
            if (key === 'isSettled') return undefined;
            const value = Reflect.get(map, key);
            return typeof value === 'function' ? value.bind(map) : (value ?? (() => undefined));
          },
          has: () => true,
        }) as never;
        return { user, continue: true };
      },
    };
    const visit = asSiteVisit(await makeSite({ auth: [own] }).sessions.begin({}));
    visit.session.set('cart', 'apple');
    expect(visit.hasChanges()).toBe(false);
    expect(visit.headersNow()).toBeNull();
    await visit.commit();
    expect(saves).toBe(1);
  });
});

describe('asSiteVisit', () => {
  it('spec 5: returns what begin() returned, and refuses anything else', async () => {
    const visit = await makeSite().sessions.begin({});
    expect(asSiteVisit(visit)).toBe(visit);
    for (const other of [{ ...visit }, null, undefined])
      expect(() => asSiteVisit(other as Visit)).toThrow(TypeError);
  });
});
