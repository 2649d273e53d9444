import { describe, expect, it } from 'vitest';
import type { IncomingRequest } from '../../src/index.js';
import { makeSite, visitorWith } from '../aid/site.js';

describe('sessions.begin: the headers of a request (spec 5)', () => {
  const forms: [string, (cookie: string) => IncomingRequest['headers']][] = [
    ['as Headers', (cookie) => new Headers({ Cookie: `x=1; ${cookie}` })],
    [
      'as Headers with several cookies',
      (cookie) => {
        const headers = new Headers({ COOKIE: 'x=1' });
        headers.append('Cookie', cookie);
        return headers;
      },
    ],
    ['as a list of fields', (cookie) => [['Cookie', 'x=1'] as const, ['cookie', cookie] as const]],
    ['as a Map', (cookie) => new Map([['CoOkIe', cookie]])],
    ['by name, in any spelling', (cookie) => ({ COOKIE: cookie })],
    ['by name, as a list', (cookie) => ({ cookie: ['x=1', cookie] })],
  ];

  it.each(forms)('spec 5: %s', async (_, headersWith) => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', '1');
    const headers = headersWith(`MOIN_SESSION=${browser.cookie}`) ?? {};
    const { session } = await site.sessions.begin({ headers });
    expect(session.get('a')).toBe('1');
  });

  it('spec 5: auth methods get Headers as fields by lower-case name', async () => {
    const visit = await makeSite().sessions.begin({ headers: new Headers({ 'X-User': 'alice' }) });
    expect(visit.user?.name).toBe('alice');
    const https = makeSite({ trustProxy: ['10.0.0.1'] });
    const headers = new Headers({ 'X-Forwarded-Proto': 'https' });
    const proxied = await https.sessions.begin({ headers, remoteAddress: '10.0.0.1' });
    expect((await proxied.commit())['set-cookie']).toContain('Secure');
  });
});
