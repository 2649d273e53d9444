import { expect, it } from 'vitest';
import { createSessions } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';
import { ChangingUsers } from '../aid/password-change.js';
import { BOB, during } from '../aid/route.js';
import { makeSite, SECRET, visitorWith } from '../aid/site.js';

it('S4, S5: visit.logIn with the stamp of before the check fails when the password has changed', async () => {
  const users = new ChangingUsers();
  const site = makeSite({ users });
  const browser = await visitorWith(site, 'basket', 'pear');
  const passwordStamp = await users.passwordStamp(BOB.id);
  const login = (stamp: string | null) =>
    during(browser, async (visit) => [await visit.logIn(BOB, { passwordStamp: stamp }), visit.user?.name]);
  users.changePassword();
  expect(await login(passwordStamp)).toEqual(['failed', undefined]);
  expect(site.events.at(-1)).toMatchObject({ event: 'login-failed', reason: 'password-changed' });
  expect((await site.records()).map(({ user, data }) => [user, data])).toEqual([[null, { basket: 'pear' }]]);
  expect((await browser.visit()).session.get('basket')).toBe('pear');

  expect(await login(await users.passwordStamp(BOB.id))).toEqual(['accepted', 'bob']);
  expect(await login(null)).toEqual(['accepted', 'bob']);
});

it('spec 5: a stamp that is no text is a TypeError, and one without a user directory a ConfigurationError', async () => {
  const visit = await makeSite().browser().begin();
  await expect(visit.logIn(BOB, { passwordStamp: 7 as never })).rejects.toThrow(
    "passwordStamp of visit.logIn is what the user directory's passwordStamp(id) gave",
  );
  const sessions = createSessions({ store: new MemoryStore(), auth: ['moin_session'], secrets: SECRET });
  const other = await sessions.begin({});
  await expect(other.logIn(BOB, { passwordStamp: 'x' })).rejects.toThrow(
    /needs a user directory: set the option 'users'/,
  );
});
