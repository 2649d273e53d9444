import { expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { byHeader, makeSite } from '../aid/site.js';

it('S4: a method that reports a login, of the user of an earlier method, makes it one', async () => {
  const signIn: AuthMethod = {
    name: 'sign_in',
    authenticate: (_, { user }) => ({ user, continue: true, login: true }),
  };
  const site = makeSite({ auth: [byHeader, signIn, 'moin_session'] });
  const { reasons, sent } = await site.browser().visit({ headers: { 'x-user': 'alice' } });
  expect(reasons.moin_session).toBe('login');
  expect(sent).toMatchObject({ action: 'set', kind: 'user' });
  expect(await site.records()).toEqual([expect.objectContaining({ kind: 'user' })]);
});
