import { describe, expect, it } from 'vitest';
import type { AuthMethod, AuthResult } from '../../src/auth/method.js';
import { ConfigurationError } from '../../src/base/errors.js';
import { simulate } from '../../src/simulate.js';
import { byHeader, makeSite, simulateOptions } from '../aid/site.js';

/** A method that adds these headers to each response. */
function adding(name: string, headers: unknown): AuthMethod {
  return {
    name,
    authenticate: (_request, { user }) => ({
      user,
      continue: true,
      headers: headers as NonNullable<AuthResult['headers']>,
    }),
  };
}

/** The headers of the first response of a site with these methods in front of a chain for visitors. */
async function headersOf(...methods: AuthMethod[]) {
  const site = makeSite({ auth: [...methods, 'moin_session', 'moin_anon_session'] });
  return (await site.sessions.begin({})).commit();
}

describe('the headers that auth methods add', () => {
  it('come beside our cookie; several cookies are a list', async () => {
    const headers = await headersOf(
      adding('one', { 'Set-Cookie': ['a=1; Path=/', 'b=2'], 'X-One': '1', 'x-not': undefined }),
      adding('two', () => ({ 'set-cookie': 'c=3' })),
    );
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^MOIN_SESSION=anon\./),
      'a=1; Path=/',
      'b=2',
      'c=3',
    ]);
    expect(headers['x-one']).toBe('1');
    expect(Object.keys(headers)).not.toContain('x-not');
  });

  it('a single cookie is a text, and is kept out of shared caches as ours is (spec 4)', async () => {
    const site = makeSite({ auth: [adding('own', { 'set-cookie': ['a=1'] })] });
    expect(await (await site.sessions.begin({})).commit()).toEqual({
      'set-cookie': 'a=1',
      'cache-control': 'private, no-cache="Set-Cookie"',
      vary: 'Cookie',
    });
  });

  it('without a cookie they say nothing of caches', async () => {
    const site = makeSite({ auth: [adding('own', { 'x-a': '1', 'set-cookie': [] })] });
    expect(await (await site.sessions.begin({})).commit()).toEqual({ 'x-a': '1', vary: 'Cookie' });
  });

  it('Vary and Cache-Control are merged with ours; of other equal names the later counts', async () => {
    const headers = await headersOf(
      adding('one', { vary: 'authorization, cookie', 'cache-control': 'private', 'x-a': '1' }),
      adding('two', { vary: 'Authorization', 'x-a': '2' }),
    );
    expect(headers.vary).toBe('Cookie, authorization');
    expect(headers['cache-control']).toBe('private, no-cache="Set-Cookie"');
    expect(headers['x-a']).toBe('2');
  });

  it('a stricter Cache-Control stays as it is', async () => {
    expect((await headersOf(adding('one', { 'cache-control': 'No-Store' })))['cache-control']).toBe(
      'No-Store',
    );
  });

  it('a function is called at each commit, after the save', async () => {
    const site = makeSite({
      auth: [
        'moin_session',
        {
          name: 'telling',
          authenticate: (request, { user }) => ({
            user,
            continue: true,
            headers: () => ({ 'x-new': String(request.session?.isNew) }),
          }),
        },
        'moin_anon_session',
      ],
    });
    const browser = site.browser();
    await browser.visit();
    const visit = await browser.begin();
    expect((await visit.commit())['x-new']).toBe('true');
    visit.session.set('a', 1);
    expect((await visit.commit())['x-new']).toBe('false');
  });

  it.each([
    ['a line break', { 'x-a': 'x\r\nset-cookie: evil=1' }, 'the value of x-a has a line break'],
    ['NUL', { 'set-cookie': 'a=\0' }, 'the value of set-cookie has a line break or another character'],
    ['a character that Latin-1 lacks', { 'x-a': '→' }, 'the value of x-a has'],
    ['a number', { 'x-a': 1 }, 'the value of x-a is no string'],
    ['a list elsewhere', { 'x-a': ['1', '2'] }, 'which only set-cookie may have: join them with commas'],
    ['no string in a list', { 'set-cookie': [null] }, 'the value of set-cookie is no string'],
    ['a name with a line break', { 'x\r\ny': '1' }, '"x\\r\\ny" is no name of a header'],
    [
      'the length of the body',
      { 'Content-Length': '0' },
      'content-length belongs to the server: leave it out',
    ],
    ['a list of pairs', [['x-a', '1']], 'they must be an object such as'],
    ['a promise', Promise.resolve({}), 'they must be an object such as'],
    ['null', null, 'they must be an object such as'],
  ])('%s fails the request with one clear error', async (_, headers, message) => {
    const method = 'auth method own gives headers that cannot be sent: ';
    const site = makeSite({ auth: [adding('own', headers)] });
    const early = site.sessions.begin({});
    await expect(early).rejects.toThrow(ConfigurationError);
    await expect(early).rejects.toThrow(message);
    await expect(early).rejects.toThrow(method);
    await expect(early).rejects.not.toThrow('evil');
    const late = makeSite({ auth: [adding('own', () => headers)] });
    const visit = await late.sessions.begin({});
    await expect(visit.commit()).rejects.toThrow(message);
  });

  it('only own fields count: a polluted Object.prototype adds no header', async () => {
    Object.assign(Object.prototype, { 'x-evil': '1', headers: { 'x-evil': '2' } });
    try {
      expect(Object.keys(await headersOf(adding('own', { 'x-a': '1' }), byHeader))).not.toContain('x-evil');
    } finally {
      delete (Object.prototype as { 'x-evil'?: unknown })['x-evil'];
      delete (Object.prototype as { headers?: unknown }).headers;
    }
  });

  it('`simulate --repeat` keeps the cookies of methods as a browser would', async () => {
    const seen: string[] = [];
    const own: AuthMethod = {
      name: 'own',
      authenticate(_request, { user, cookies }) {
        seen.push(cookies.get('legacy') ?? 'none');
        return { user, continue: true, headers: { 'set-cookie': 'legacy=abc; Path=/' } };
      },
    };
    const site = makeSite();
    const auth = [own, 'moin_session', 'moin_anon_session'] as const;
    const result = await simulate(simulateOptions(site, { auth }), { request: {}, repeat: 2 });
    expect(seen).toEqual(['none', 'abc']);
    expect(result.requests[1]?.cookies[0]?.verdict).toBe('ok');
  });
});
