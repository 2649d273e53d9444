import { expect, it, onTestFinished } from 'vitest';
import { createSessions } from '../../../src/index.js';
import { byHeader } from '../../aid/site.js';

it('S1: the warning about a value that is not kept names the right remedy, once for each remedy', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
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
