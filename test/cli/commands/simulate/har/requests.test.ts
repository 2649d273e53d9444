import { describe, expect, it } from 'vitest';
import { harRequests } from '../../../../../src/cli/commands/simulate/har/requests.js';
import { LOGIN_PATHS } from '../../../../../src/http/login-form.js';
import { archive, type Exchange } from '../../../../aid/cli/archive.js';

const OPTIONS = { cookieName: 'MOIN_SESSION', loginPaths: LOGIN_PATHS, urlPart: undefined };
const read = (text: string, urlPart?: string) => harRequests(text, { ...OPTIONS, urlPart });
const findings = (...exchanges: Exchange[]) =>
  read(archive(...exchanges)).requests.flatMap(({ recorded }) => recorded.findings);
const SET = 'MOIN_SESSION=user.a.b; Path=/; HttpOnly';
const LOGIN = { url: 'https://shop.example/login', method: 'POST', body: 'login=1&name=zoe&password=p' };

describe('spec 7: the requests of an HTTP archive that concern the cookie', () => {
  it('are those that send it, get it, or log in; in order; without queries', () => {
    const text = archive(
      { url: 'https://cdn.example/style.css', cookie: 'lang=de' },
      { ...LOGIN, setCookie: SET, status: 303 },
      { url: 'https://shop.example/cart?token=hunter2', cookie: 'a=1; MOIN_SESSION=user.a.b' },
    );
    const { requests, notes } = read(text);
    expect(notes).toEqual([]);
    expect(requests.map(({ recorded }) => recorded)).toEqual([
      {
        entry: 2,
        startedAt: '2026-11-20T11:00:01.000Z',
        method: 'POST',
        url: 'https://shop.example/login',
        status: 303,
        answer: 'set',
        findings: [],
      },
      {
        entry: 3,
        startedAt: '2026-11-20T11:00:02.000Z',
        method: 'GET',
        url: 'https://shop.example/cart',
        status: 200,
        answer: null,
        findings: [],
      },
    ]);
    expect(requests[0]?.request).toMatchObject({ form: { login: true, name: 'zoe', password: 'p' } });
    expect(requests[1]?.request).toMatchObject({
      url: '/cart?token=hunter2',
      secure: true,
      headers: { host: 'shop.example', cookie: 'a=1; MOIN_SESSION=user.a.b' },
    });
  });

  it('--har-url names others', () => {
    const text = archive({ url: 'https://a.example/x' }, { url: 'https://a.example/y', cookie: 'a=1' });
    expect(read(text, '/x').requests.map(({ recorded }) => recorded.entry)).toEqual([1]);
  });

  it('are put in the order in which they began, as Firefox does not', () => {
    const text = archive({ cookie: 'MOIN_SESSION=2', at: 2 }, { cookie: 'MOIN_SESSION=1', at: 1 });
    expect(read(text).requests.map(({ recorded }) => recorded.entry)).toEqual([2, 1]);
  });

  it('cookies that stand in the list alone are read, and Set-Cookie fields that Firefox joins', () => {
    const cookies = [{ name: 'MOIN_SESSION', value: 'user.a.b' }];
    const headers = [{ name: 'Set-Cookie', value: 'x=1\nMOIN_SESSION=; Max-Age=0' }];
    const request = {
      url: 'http://a.example/',
      method: 'get',
      headers: [{ name: ':path', value: '/' }],
      cookies,
    };
    const entries = [{ startedDateTime: 'never', request, response: { status: 0, headers } }];
    const [found] = read(JSON.stringify({ log: { entries } })).requests;
    expect(found?.request).toMatchObject({
      method: 'GET',
      headers: { cookie: 'MOIN_SESSION=user.a.b', host: 'a.example' },
    });
    expect(found?.request.headers).not.toHaveProperty(':path');
    expect(found?.recorded).toMatchObject({ startedAt: null, status: null, answer: 'delete' });
  });
});

describe('where the cookie got lost', () => {
  const next = (setCookie: string, after: Exchange, by: Exchange = {}) =>
    findings({ ...LOGIN, setCookie, ...by }, after);
  const LOST = 'this request did not send the cookie MOIN_SESSION that the answer to entry 1 had set: ';

  it('nothing is lost where each request sends what the answer before set', () => {
    expect(next(SET, { cookie: 'MOIN_SESSION=user.a.b' })).toEqual([]);
    expect(
      findings({ ...LOGIN, setCookie: SET, time: 5 }, { at: 1 }, { cookie: 'MOIN_SESSION=user.a.b', at: 6 }),
    ).toEqual([]);
    expect(next(`${SET}; Domain=.shop.example`, { url: 'https://elsewhere.example/' })).toEqual([]);
    expect(next('MOIN_SESSION=user.a.b; Path=/wiki', { url: 'https://shop.example/wikis' })).toEqual([]);
  });

  it.each<[string, string, Exchange, Exchange]>([
    ['it is Secure, and this request went by HTTP', `${SET}; Secure`, { url: 'http://shop.example/' }, {}],
    [
      'it is Secure, but was set by HTTP, where browsers ignore it',
      `${SET}; Secure`,
      { url: 'http://shop.example/' },
      { url: 'http://shop.example/login' },
    ],
    [
      'it is SameSite=Lax, and another site sent this request',
      SET,
      { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } },
      {},
    ],
    [
      'it is SameSite=Strict, and another site sent this request',
      `${SET}; SameSite=Strict`,
      { headers: { 'Sec-Fetch-Site': 'cross-site' } },
      {},
    ],
    ['it is SameSite=None without Secure, which browsers refuse', `${SET}; SameSite=None`, {}, {}],
    [
      'shop.example may set no cookie for the domain other.example',
      `${SET}; Domain=other.example`,
      { url: 'https://other.example/' },
      {},
    ],
    ['the browser blocked or deleted it, or a page fetched without credentials', SET, { cookie: 'a=1' }, {}],
  ])('%s', (why, setCookie, after, by) => {
    expect(next(setCookie, after, by)).toEqual([LOST + why]);
  });

  it('is said once, not at each request that follows', () => {
    expect(findings({ ...LOGIN, setCookie: SET }, {}, {}, {})).toHaveLength(1);
  });

  it('another value, and a deletion, are said without showing a value', () => {
    expect(next(SET, { cookie: 'MOIN_SESSION=user.x.y' })).toEqual([
      'this request sent another MOIN_SESSION than the one that the answer to entry 1 had set',
    ]);
    const deleted = { cookie: 'MOIN_SESSION=user.a.b', setCookie: 'MOIN_SESSION=; Max-Age=0; Path=/' };
    expect(findings(deleted, {})).toEqual(['the answer deleted the cookie, which this request had sent']);
    const old = {
      cookie: 'MOIN_SESSION=user.a.b',
      setCookie: 'MOIN_SESSION=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    };
    expect(findings(old)).toHaveLength(1);
  });
});

describe('what is no such archive: one line, and nothing of its content in it', () => {
  const cookieless = archive({ url: 'https://a.example/hunter2' });

  it.each([
    ['', 'which is JSON'],
    ['\0\xff\x1b[2J', 'which is JSON'],
    ['{"hunter2":', 'which is JSON'],
    ['null', 'no log.entries'],
    ['[]', 'no log.entries'],
    ['{"log":{"entries":{"hunter2":1}}}', 'no log.entries'],
    ['{"log":{"entries":[]}}', 'no request by http'],
    [
      `{"log":{"entries":[null,1,"x",{},{"request":[]},{"request":{"url":7,"headers":"hunter2"}}]}}`,
      'no request by http',
    ],
    [`${'['.repeat(1e6)}`, 'which is JSON'],
    [`${'[[['.repeat(1e5)}${']]]'.repeat(1e5)}`, 'no log.entries'],
    [cookieless, 'holds no cookies at all: browsers leave them out'],
    [archive({ cookie: 'hunter2=1' }), 'no request of the archive sends or gets a cookie MOIN_SESSION'],
  ])('%.40j', (text, message) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
    expect((error as Error).message).not.toMatch(/hunter2|\n/);
  });

  it('a stripped archive is said where requests are named, and entries that are no requests are counted', () => {
    const { log } = JSON.parse(cookieless);
    const text = JSON.stringify({
      log: { entries: [...log.entries, { request: { url: 'wss://a.example' } }] },
    });
    expect(read(`\ufeff${text}`, 'a.example').notes).toEqual([
      expect.stringContaining('the archive holds no cookies at all'),
      '1 entry of the archive is no request by http or https',
    ]);
  });

  it('fields of wrong types are passed over', () => {
    const request = {
      url: 'http://a.example/',
      method: 7,
      headers: [null, { name: 1 }, { name: 'Cookie', value: {} }],
    };
    const entries = [
      { request: { ...request, postData: [], cookies: 'x' }, response: { status: 'x', headers: {} } },
    ];
    const [found] = read(JSON.stringify({ log: { entries } }), 'a.example').requests;
    expect(found?.request).toMatchObject({ method: 'GET', form: {} });
    expect(found?.recorded).toMatchObject({ status: null, answer: null });
  });
});
