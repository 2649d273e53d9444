import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/clock.js';
import type { IncomingRequest } from '../../src/http/request.js';
import type { SessionsOptions } from '../../src/index.js';
import { cli } from '../aid/cli/fake-context.js';
import { sample, storeOf } from '../aid/records.js';
import { makeSite, type Site, visitorWith } from '../aid/site.js';

const ALL: SessionsOptions = { rememberClient: ['address', 'userAgent', 'url'] };
const FIREFOX: IncomingRequest = {
  url: '/wiki/Sessions?token=S3cret',
  remoteAddress: '192.0.2.7',
  headers: { 'user-agent': 'Firefox' },
};
const KNOWN = { address: '192.0.2.7', userAgent: 'Firefox', url: '/wiki/Sessions' };

/** What the record of alice keeps after a login by this request. */
async function kept(options: SessionsOptions, request: IncomingRequest) {
  const site = makeSite(options);
  await site.sessions.begin({ ...request, form: { login: true, name: 'alice', password: 'alice' } });
  return (await site.records())[0]?.client;
}

describe('spec 5: rememberClient', () => {
  it('by default a record keeps nothing of the client', async () => {
    expect(await kept({}, FIREFOX)).toBeNull();
    expect(await kept({ rememberClient: [] }, FIREFOX)).toBeNull();
  });

  it.each(['address', 'userAgent', 'url'] as const)(
    'keeps %s alone when it names that alone',
    async (field) => {
      const none = { address: null, userAgent: null, url: null };
      expect(await kept({ rememberClient: [field] }, FIREFOX)).toEqual({ ...none, [field]: KNOWN[field] });
    },
  );

  it('a request that says nothing of itself leaves nulls', async () => {
    expect(await kept(ALL, {})).toEqual({ address: null, userAgent: null, url: '/' });
  });

  it.each([
    ['/a?b=S3cret', '/a'],
    ['/a#S3cret', '/a'],
    ['//host/a?S3cret', '//host/a'],
    ['http://me:S3cret@host/a?b', '/a'],
    ['*', '*'],
    ['nonsense', null],
    [`/${'x'.repeat(5000)}`, `/${'x'.repeat(1023)}`],
  ])('of the URL %s the path alone: a query may hold the token of a magic link', async (url, path) => {
    expect((await kept(ALL, { url }))?.url).toBe(path);
  });

  it('of a long User-Agent the first 256 characters', async () => {
    const request = { headers: { 'User-Agent': 'x'.repeat(100_000) } };
    expect((await kept(ALL, request))?.userAgent).toBe('x'.repeat(256));
  });

  it.each([
    [false, '10.0.0.1'],
    [['10.0.0.1'], '192.0.2.7'],
    [['172.16.0.0/12'], '10.0.0.1'],
    [['10.0.0.1', '192.0.2.7'], '203.0.113.9'],
    [true, '192.0.2.7'],
  ])('trustProxy %o: the address is %s', async (trustProxy, address) => {
    const headers = { 'x-forwarded-for': ['203.0.113.9', '192.0.2.7'] };
    const request = { remoteAddress: '10.0.0.1', headers };
    expect((await kept({ ...ALL, trustProxy }, request))?.address).toBe(address);
  });
});

describe('spec 5: what a record keeps is that of the last refresh', () => {
  const phone = { ...FIREFOX, remoteAddress: '198.51.100.4', headers: { 'user-agent': 'Phone' }, url: '/b' };
  const PHONE = { address: '198.51.100.4', userAgent: 'Phone', url: '/b' };
  const client = async (site: Site) => (await site.records()).map((record) => record.client);

  async function aliceAt(site: Site) {
    const browser = site.browser();
    await browser.visit({ ...FIREFOX, form: { login: true, name: 'alice', password: 'alice' } });
    return browser;
  }

  it('S8: another client writes nothing between two refreshes, and is there after the next', async () => {
    const site = makeSite(ALL);
    const browser = await aliceAt(site);
    site.store.newCalls();
    await browser.visit(phone);
    expect(site.store.newCalls().filter((call) => !/^(find|tombstone)/.test(String(call)))).toEqual([]);
    expect(await client(site)).toEqual([KNOWN]);
    site.pass(HOUR);
    await browser.visit(phone);
    expect(await client(site)).toEqual([PHONE]);
  });

  it('S8: a write that is due anyway renews it', async () => {
    const site = makeSite(ALL);
    const browser = await aliceAt(site);
    await browser.visit(phone, (session) => session.set('cart', 'tea'));
    expect(await client(site)).toEqual([PHONE]);
  });

  it("S4: a login keeps that of the login, not of the visitor's session before", async () => {
    const site = makeSite(ALL);
    const browser = await visitorWith(site, 'cart', 'tea');
    expect(await client(site)).toMatchObject([{ userAgent: null }]);
    await browser.visit({ ...FIREFOX, form: { login: true, name: 'alice', password: 'alice' } });
    expect(await client(site)).toEqual([KNOWN]);
  });

  it('a rotation renews it', async () => {
    const site = makeSite(ALL);
    const browser = await aliceAt(site);
    await browser.visit(phone, (session) => session.rotate());
    expect(await client(site)).toEqual([PHONE]);
  });

  it('S7: of a user by a header, and S2: of a visitor, it is kept as well', async () => {
    const site = makeSite(ALL);
    for (const headers of [{ 'x-user': 'alice', 'user-agent': 'curl' }, { 'user-agent': 'curl' }]) {
      const browser = site.browser();
      await browser.visit({ headers });
      await browser.visit({ headers }, (session) => session.set('cart', 'tea'));
    }
    expect(await client(site)).toMatchObject([{ userAgent: 'curl' }, { userAgent: 'curl' }]);
  });

  it('after the option was taken away, the next refresh drops it, and nothing is written before', async () => {
    const site = makeSite(ALL);
    const browser = await aliceAt(site);
    const { store, users, time } = site;
    const without = makeSite({ store, users, clock: () => time.now }).browser();
    without.plant(browser.cookie);
    await without.visit(phone);
    expect(await client(site)).toEqual([KNOWN]);
    site.pass(HOUR);
    await without.visit(phone);
    expect(await client(site)).toEqual([null]);
  });

  it('an administrator who ends the session leaves it, for the operator who looks later', async () => {
    const site = makeSite(ALL);
    await aliceAt(site);
    await site.sessions.expire({ all: true });
    expect(await client(site)).toEqual([KNOWN]);
  });
});

describe('spec 7: address, userAgent and url', () => {
  const client = { address: '192.0.2.7', userAgent: '\u001b[31mred\u202e', url: '/a\n' };

  it('list gives them as fields, harmless on a terminal, and its table leaves them out', async () => {
    const store = await storeOf(sample('aaaa', { client }), sample('bbbb'));
    const fields = ['--fields', 'address,userAgent,url', '--sort', 'address'];
    const { out } = await cli({ store }, 'list', ...fields);
    expect(
      out
        .split('\n')
        .slice(0, 2)
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['ADDRESS', 'USER AGENT', 'URL'],
      ['192.0.2.7', '␛[31mred\ufffd', '/a␊'],
    ]);
    const json = await cli({ store }, 'list', '--json', ...fields);
    expect(JSON.parse(json.out)).toEqual([client, { address: null, userAgent: null, url: null }]);
    expect((await cli({ store }, 'list')).out).not.toContain('192.0.2.7');
  });

  it('inspect shows them when they are known', async () => {
    const store = await storeOf(sample('aaaa', { client }), sample('bbbb'));
    expect((await cli({ store }, 'inspect', 'aaaa')).out).toContain('userAgent      ␛[31mred\ufffd');
    expect((await cli({ store }, 'inspect', 'bbbb')).out).not.toContain('userAgent');
  });

  it('sessions.list gives them, null when they are unknown', async () => {
    const site = makeSite(ALL);
    const request = { ...FIREFOX, form: { login: true, name: 'alice', password: 'alice' } };
    await site.browser().visit(request);
    for await (const info of site.sessions.list()) expect(info).toMatchObject(KNOWN);
  });
});
