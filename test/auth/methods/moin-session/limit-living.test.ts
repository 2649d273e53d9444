import { expect, it } from 'vitest';
import { HOUR } from '../../../../src/base/clock.js';
import { makeSite } from '../../../aid/site.js';

it.each([
  ['in grace', HOUR],
  ['expired', 2 * HOUR],
])('S9, deny: a session %s takes no place from a new login', async (_, age) => {
  const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny', cookieLifetime: 1 });
  await site.browser().logIn('alice');
  site.pass(age);
  expect((await site.browser().logIn('alice')).reasons.moin_session).toBe('login');
});

it('S9: a session in grace is not ended to make room', async () => {
  const site = makeSite({ maxSessionsPerUser: 1, cookieLifetime: 1 });
  await site.browser().logIn('alice');
  site.pass(HOUR);
  await site.browser().logIn('alice');
  expect((await site.records()).map(({ ended }) => ended)).toEqual([null, null]);
  expect(site.events.filter(({ event }) => event === 'ended')).toEqual([]);
});
