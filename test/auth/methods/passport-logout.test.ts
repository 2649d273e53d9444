import { expect, it } from 'vitest';
import { type PassportStrategy, passport } from '../../../src/index.js';
import { makeSite } from '../../aid/site.js';

it('S6: a strategy that looks at every request does not look at a logout', async () => {
  let asked = 0;
  const strategy: PassportStrategy = {
    authenticate(this: { pass: () => void }) {
      asked++;
      this.pass();
    },
  };
  const auth = [passport(strategy, { when: () => true }), 'moin_login', 'moin_session'] as const;
  const site = makeSite({ auth: [...auth] });
  const browser = site.browser();
  await browser.logIn('alice');
  expect(asked).toBe(1);
  const { reasons } = await browser.logOut();
  expect(asked).toBe(1);
  expect(reasons).toMatchObject({ passport: 'not-asked', moin_session: 'logout' });
});
