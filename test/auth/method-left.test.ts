import { describe, expect, it } from 'vitest';
import type { AuthOption } from '../../src/auth/builtin.js';
import type { AuthMethod } from '../../src/auth/method.js';
import { ConfigurationError } from '../../src/base/errors.js';
import { byHeader, makeSite, type Site } from '../aid/site.js';

/** Logs everybody in as alice, by the name that it is given. */
const own = (method?: string): AuthMethod => ({
  name: 'own',
  authenticate: (_request, known) => ({
    user: known.login ? { id: 'u-alice', name: 'alice', ...(method && { method }) } : known.user,
    continue: true,
  }),
});

const LOGIN = { form: { login: true } };

/** A browser in which alice is logged in by `own`, and one of the site whose chain is `auth`, with the same cookie. */
async function moved(auth: AuthOption[], method?: string) {
  const site = makeSite({ auth: [own(method), 'moin_session'] });
  const browser = site.browser();
  await browser.visit(LOGIN, (session) => session.set('draft', 'x'));
  const next = makeSite({ store: site.store, users: site.users, clock: () => site.time.now, auth });
  const there = next.browser();
  there.plant(browser.cookie);
  return { site, there };
}

/** As another version of the library, or an application's route, might have written it. */
async function rewritten(site: Site, method: string): Promise<void> {
  const [record] = await site.records();
  if (!record?.user) throw new Error('there is no user');
  const changed = { ...record, user: { ...record.user, method } };
  site.store.putBytes(record.id, JSON.stringify(changed));
}

describe('an auth method that left the chain (spec 2, refused)', () => {
  it('spec 2: its sessions are refused, with the cookie deleted and the record left', async () => {
    const { site, there } = await moved(['moin_login', 'moin_session']);
    const before = await site.records();
    const { user, session, sent, reasons, visit } = await there.visit();
    expect(user).toBeNull();
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(sent?.action).toBe('delete');
    expect(reasons.moin_session).toBe('refused-user');
    expect(visit.trace[1]?.text).toBe(
      'alice was logged in by "own", which is no method of \'auth\' any more: such logins are refused',
    );
    expect(await site.records()).toEqual(before);
  });

  it('spec 2, S7: nor are they handed to the same user whom another method establishes', async () => {
    const { there } = await moved([byHeader, 'moin_session']);
    const { user, session, reasons } = await there.visit({ headers: { 'x-user': 'alice' } });
    expect(user).toBe('alice');
    expect(session.size).toBe(0);
    expect(reasons.moin_session).toBe('refused-user');
  });

  it('spec 2, S4: nor do their data come along to a new login; they end', async () => {
    const { site, there } = await moved(['moin_login', 'moin_session']);
    const { user, session } = await there.logIn('alice');
    expect(user).toBe('alice');
    expect(session.toJSON()).toEqual({});
    expect(await site.records()).toHaveLength(1);
  });

  it('spec 2: a method that is still there under its name has them, with a label or without', async () => {
    for (const method of [undefined, 'own', 'own:google']) {
      const { there } = await moved(['moin_login', own(), 'moin_session'], method);
      expect((await there.visit()).user).toBe('alice');
    }
  });

  it.each(['route', 'route:sign-up', 'express-session', 'setuid'])(
    'spec 2: %s is no link of a chain, and never judged so',
    async (method) => {
      const { site, there } = await moved(['moin_login', 'moin_session']);
      await rewritten(site, method);
      const { user, visit } = await there.visit();
      expect(user).toBe('alice');
      expect(visit.user?.method).toBe(method);
    },
  );

  it.each(['', 'ow', 'own2', 'routes', 'Own', 'toString'])(
    'spec 2: %j is none of [own, route]',
    async (method) => {
      const { site, there } = await moved([own(), 'moin_session']);
      await rewritten(site, method);
      expect((await there.visit()).user).toBeNull();
    },
  );
});

describe('the name that a method gives its users', () => {
  it('one that no method of the chain has is a ConfigurationError with the remedy, at the login', async () => {
    const site = makeSite({ auth: [own('google'), 'moin_session'] });
    const begun = site.sessions.begin(LOGIN);
    await expect(begun).rejects.toThrow(ConfigurationError);
    await expect(begun).rejects.toThrow(
      `auth method own gives a user whose method is "google", but 'auth' has none of this name: leave it out, or say 'own:LABEL'`,
    );
    expect(await site.records()).toEqual([]);
  });

  it('may be that of another method of the chain', async () => {
    const site = makeSite({ auth: ['moin_login', own('moin_login'), 'moin_session'] });
    const { visit } = await site.browser().visit(LOGIN);
    expect(visit.trace[1]?.userAfter?.method).toBe('moin_login');
  });
});
