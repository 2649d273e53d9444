import { expect, it, onTestFinished, vi } from 'vitest';
import { createSessions } from '../../../src/index.js';
import { aliceWithSecret, browserBehind, byHeader, makeSite } from '../../aid/site.js';

function warningsOf(): Error[] {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  return warnings;
}

it('S1: the warning about a value that is not kept names the right remedy, once for each remedy', async () => {
  const warnings = warningsOf();
  const sessions = createSessions({ store: 'memory:', secrets: 'x'.repeat(32) });
  const crossSite = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
  for (const request of [crossSite, {}, crossSite, {}]) {
    (await sessions.begin(request)).session.set('key', 1);
  }
  const auth = [byHeader, 'moin_session', 'moin_anon_session'] as const;
  const options = { store: 'memory:', secrets: 'x'.repeat(32), auth, anonymousCookieLifetime: 1 };
  const withVisitors = createSessions(options);
  for (const headers of [{}, { 'x-user': 'alice' }, {}])
    (await withVisitors.begin({ headers })).session.set('key', 1);
  const early = createSessions({ ...options, anonymousSessions: 'first-visit' });
  (await early.begin({})).session.set('key', 1);
  await new Promise(setImmediate);
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/another site sent it.*'trustedOrigins'/),
    expect.stringMatching(/'moin_anon_session' and anonymousCookieLifetime/),
    expect.stringMatching(/a visitor's first: .*anonymousSessions: 'first-visit'/),
    expect.stringMatching(/the user's first without a cookie: check session.available/),
  ]);
});

it('S1: no remedy is without effect: after a logout, a veto and a followed link, and in a chain without moin_session', async () => {
  const warnings = warningsOf();
  const veto = { name: 'veto', authenticate: () => ({ user: null, continue: true }) };
  const link = { method: 'GET', headers: { 'sec-fetch-site': 'cross-site' } };

  const site = makeSite();
  const visit = await (await aliceWithSecret(site)).begin();
  await visit.logOut();
  visit.session.set('by route', 1);
  const vetoed = await aliceWithSecret(site);
  const behindVeto = browserBehind(site, ['moin_login', 'moin_session', veto], vetoed.cookie);
  (await behindVeto.begin()).session.set('vetoed', 1);

  (await makeSite({ cookieSameSite: 'Strict' }).browser().begin(link)).session.set('by link', 1);
  (
    await makeSite({ auth: ['moin_login', 'moin_anon_session'] })
      .browser()
      .begin(link)
  ).session.set('no session', 1);
  await new Promise(setImmediate);
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/"by route".*it has logged out/),
    expect.stringMatching(/"vetoed".*stays closed this time/),
    expect.stringMatching(/"by link".*followed a link.*cookieSameSite: 'Lax'/),
    expect.stringMatching(/"no session".*put 'moin_session' into 'auth'/),
  ]);
});

it('S1: after a logout by form, in a process of its own', async () => {
  vi.resetModules();
  const aid = await import('../../aid/site.js');
  const warnings = warningsOf();
  const site = aid.makeSite();
  const browser = await aid.aliceWithSecret(site);
  const without = aid.browserBehind(site, ['moin_login', 'moin_session'], browser.cookie);
  (await without.begin({ form: { logout: true } })).session.set('by form', 1);
  await new Promise(setImmediate);
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/it has logged out/)]);
});
