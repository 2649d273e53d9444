import { describe, expect, it } from 'vitest';
import { type AuthMethod, type AuthOption, passport } from '../../../../src/index.js';
import { aliceWithSecret, browserBehind, byHeader, makeSite, visitorWith } from '../../../aid/site.js';

type Actions = Record<'success' | 'pass', (profile?: object) => void>;
type Values = Record<string, unknown>;

/** A strategy that reads and writes the session it is shown, and then does what `act` does. */
function strategy(act: (actions: Actions, session: Values) => void) {
  return {
    name: 'made',
    authenticate(this: Actions, { session }: { session: Values }) {
      act(this, session);
    },
  };
}

describe('passport: the session that a strategy is shown', () => {
  it('S3: an invalid user of an earlier method does not close the session that the cookie opens', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const invalid: AuthMethod = {
      name: 'invalid',
      authenticate: () => ({ user: { id: 'u-bob', name: 'bob', valid: false }, continue: true }),
    };
    const seen: Values[] = [];
    const look = strategy((actions, session) => {
      seen.push({ ...session });
      actions.pass();
    });
    const looking = passport(look as never, { when: () => true });
    const there = browserBehind(site, [invalid, looking, 'moin_login', 'moin_session'], browser.cookie);
    expect((await there.visit()).session.toJSON()).toEqual({ secret: 'of alice' });
    expect(seen).toEqual([{ secret: 'of alice' }]);
  });
});

describe('passport: what a strategy puts into the session it is shown', () => {
  /** Accepts this user, and keeps a copy of what it was shown. */
  function accepting(name: string, login: boolean): AuthOption[] {
    const accept = strategy((actions, session) => {
      session.copied = JSON.stringify(session);
      actions.success({ id: `u-${name}`, name });
    });
    const method = passport(accept as never, { when: () => true, login });
    return [method, byHeader, 'moin_login', 'moin_session', 'moin_anon_session'];
  }

  it.each([true, false])("S4, S10: of alice's session never moves into bob's (login: %s)", async (login) => {
    const site = makeSite();
    const there = browserBehind(site, accepting('bob', login), (await aliceWithSecret(site)).cookie);
    const { user, session } = await there.visit();
    expect(user).toBe('bob');
    expect(session.toJSON()).toEqual({});
    expect(JSON.stringify(await site.records())).not.toContain('copied');
  });

  it.each([true, false])('S4: of their own session is kept (login: %s)', async (login) => {
    const site = makeSite();
    const there = browserBehind(site, accepting('alice', login), (await aliceWithSecret(site)).cookie);
    const { user, session } = await there.visit();
    expect(user).toBe('alice');
    expect(session.toJSON()).toEqual({ secret: 'of alice', copied: '{"secret":"of alice"}' });
  });

  it.each([true, false])("S4, S7: of a visitor's session is kept (login: %s)", async (login) => {
    const site = makeSite();
    const there = browserBehind(
      site,
      accepting('alice', login),
      (await visitorWith(site, 'cart', 'apple')).cookie,
    );
    const { user, session } = await there.visit();
    expect(user).toBe('alice');
    expect(session.toJSON()).toEqual({ cart: 'apple', copied: '{"cart":"apple"}' });
  });

  it('S3: is kept where the strategy establishes nobody', async () => {
    const site = makeSite();
    const note = strategy((actions, session) => {
      session.noted = true;
      actions.pass();
    });
    const noting = passport(note as never, { when: () => true });
    const there = browserBehind(
      site,
      [noting, 'moin_login', 'moin_session'],
      (await aliceWithSecret(site)).cookie,
    );
    expect((await there.visit()).session.toJSON()).toEqual({ secret: 'of alice', noted: true });
  });
});
