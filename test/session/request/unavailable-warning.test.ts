import { expect, it, onTestFinished } from 'vitest';
import { createSessions } from '../../../src/index.js';

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
  await new Promise(setImmediate);
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/another site sent it.*'trustedOrigins'/),
    expect.stringMatching(/'moin_anon_session' and anonymousCookieLifetime/),
  ]);
});
