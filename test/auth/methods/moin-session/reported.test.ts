import { describe, expect, it } from 'vitest';
import { CookieSigner } from '../../../../src/session/cookie/signer.js';
import { newToken } from '../../../../src/session/cookie/token.js';
import { makeSite, SECRET, visitorWith } from '../../../aid/site.js';

const AS_ALICE = { headers: { 'x-user': 'alice' } };

describe('what moin_session reports (spec 7)', () => {
  it('S3: a token that was replaced a moment ago: the event refused, with the id of that session', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const late = browser.copy();
    const [record] = await site.records();
    await browser.visit({}, (session) => session.rotate());
    await late.visit();
    expect(site.events.filter(({ event }) => event === 'refused')).toEqual([
      expect.objectContaining({ id: record?.id, reason: 'refused-unknown' }),
    ]);
  });

  it.each([
    ['anon', 'anonymous-new'],
    ['user', 'refused-unknown'],
  ] as const)('S7: the %s cookie of a session that was ended: %s', async (kind, reason) => {
    const site = makeSite();
    const browser = kind === 'anon' ? await visitorWith(site, 'cart', 'apple') : site.browser();
    if (kind === 'user') await browser.logIn('alice');
    const [record] = await site.records();
    await site.store.delete(record?.id as string, {
      tombstone: { reason: 'logout', at: site.time.now, until: site.time.now + 1 },
    });
    expect((await browser.visit(AS_ALICE)).reasons.moin_session).toBe(reason);
  });

  it('spec 4: behind a well-signed cookie that opens nothing: which of the two it was', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const useless = new CookieSigner('MOIN_SESSION', [Buffer.from(SECRET)]).sign('user', newToken());
    const cookie = `MOIN_SESSION=${useless}; MOIN_SESSION=${browser.cookie}`;
    const { trace } = await site.sessions.begin({ headers: { cookie } });
    const step = trace.find(({ method }) => method === 'moin_session');
    expect(step?.text).toContain('its cookie is number 2 of 2 of this name');
  });
});
