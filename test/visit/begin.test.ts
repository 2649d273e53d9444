import { describe, expect, it } from 'vitest';
import type { AuthMethod, AuthUser } from '../../src/auth/method.js';
import { aliceWithSecret, browserBehind, byHeader, makeSite, type Site, visitorWith } from '../aid/site.js';

const CHAIN = [byHeader, 'moin_login', 'moin_session'] as const;

/** A method behind `moin_session` that decides on this user. */
function last(user: AuthUser | { id: string; name: string } | null): AuthMethod {
  return { name: 'last', authenticate: () => ({ user, continue: true }) };
}

/** A visit of the same browser at the same store, with `last` at the end of the chain. */
async function behind(
  site: Site,
  cookie: string | undefined,
  user: Parameters<typeof last>[0],
  request = {},
) {
  return browserBehind(site, [...CHAIN, last(user)], cookie).visit(request);
}

describe('begin: a method behind moin_session decides on another user', () => {
  it('S10: another user does not get the session that the cookie opened', async () => {
    const site = makeSite();
    const { cookie } = await aliceWithSecret(site);
    const before = await site.records();
    const { user, session, headers } = await behind(site, cookie, { id: 'u-bob', name: 'bob' });
    expect(user).toBe('bob');
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(headers['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual(before);
  });

  it('S5: the session of a user whom a veto took away stays closed', async () => {
    const site = makeSite();
    const { cookie } = await aliceWithSecret(site);
    const { user, session, headers } = await behind(site, cookie, null);
    expect(user).toBeNull();
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('S4, S10: a login is rolled back where another user is established behind it', async () => {
    const site = makeSite();
    const { cookie } = await visitorWith(site, 'cart', 'apple');
    const before = await site.records();
    const form = { login: true, name: 'alice', password: 'alice' };
    const { user, session, headers } = await behind(site, cookie, { id: 'u-bob', name: 'bob' }, { form });
    expect(user).toBe('bob');
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(headers['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual(before);
  });

  it("S10: a visitor's session stays open for whomever is established", async () => {
    const site = makeSite();
    const { cookie } = await visitorWith(site, 'cart', 'apple');
    const { user, session } = await behind(site, cookie, { id: 'u-bob', name: 'bob' });
    expect(user).toBe('bob');
    expect(session.get('cart')).toBe('apple');
  });

  it('spec 5: an invalid user is nobody', async () => {
    const site = makeSite();
    const invalid = { id: 'u-bob', name: 'bob', method: 'last', valid: false };
    const { user, visit } = await behind(site, undefined, invalid);
    expect(user).toBeNull();
    expect(visit.realUser).toBeNull();
  });
});

describe('begin: the cookies that methods see', () => {
  it('spec 5: of several cookies of the same name the first counts', async () => {
    const seen: (string | undefined)[] = [];
    const look: AuthMethod = {
      name: 'look',
      authenticate(_request, { user, cookies }) {
        seen.push(cookies.get('theme'), cookies.get('other'));
        return { user, continue: true };
      },
    };
    await makeSite({ auth: [look] }).sessions.begin({
      headers: { cookie: 'theme=first; other=x; theme=second' },
    });
    expect(seen).toEqual(['first', 'x']);
  });
});
