import { describe, expect, it } from 'vitest';
import { curlRequest } from '../../../../../src/cli/commands/simulate/curl/request.js';
import { LOGIN_PATHS } from '../../../../../src/http/login-form.js';

const read = (text: string, paths = LOGIN_PATHS) => curlRequest(text, paths);

const CHROME = `curl 'https://shop.example/cart?x=1' \\
  -H 'accept: text/html' \\
  -H 'accept-language: de-DE,de;q=0.9' \\
  -b 'lang=de; MOIN_SESSION=user.a.b' \\
  -H 'sec-fetch-site: same-origin' \\
  -H 'user-agent: Mozilla/5.0'`;
const CHROME_WINDOWS = `curl ^"https://shop.example/login^" ^\r
  -H ^"content-type: application/x-www-form-urlencoded^" ^\r
  -b ^"MOIN_SESSION=anon.a.b^" ^\r
  --data-raw ^"login=1^&name=zoe^&password=a^%^20b^\\^"c^"`;
const FIREFOX = `curl 'https://shop.example/login' --compressed -X POST -H 'User-Agent: Mozilla/5.0' -H 'Accept-Encoding: gzip, deflate, br' -H 'Content-Type: application/x-www-form-urlencoded' -H 'Origin: https://shop.example' -H 'Cookie: MOIN_SESSION=anon.a.b' --data-raw $'login=1&name=o\\'hara&password=x\\u0021'`;
const SAFARI = `curl 'https://shop.example/' \\
-X 'GET' \\
-H 'Accept: text/html' \\
-H 'Cookie: MOIN_SESSION=user.a.b' \\
-H 'Sec-Fetch-Mode: navigate'`;

describe('spec 7: a request as browsers copy it', () => {
  it('Chrome, for bash', () => {
    expect(read(CHROME)).toEqual({
      method: 'GET',
      url: '/cart?x=1',
      secure: true,
      headers: {
        host: 'shop.example',
        accept: 'text/html',
        'accept-language': 'de-DE,de;q=0.9',
        cookie: 'lang=de; MOIN_SESSION=user.a.b',
        'sec-fetch-site': 'same-origin',
        'user-agent': 'Mozilla/5.0',
      },
      form: {},
      body: undefined,
    });
  });

  it('Chrome, for Windows, with a login form', () => {
    expect(read(CHROME_WINDOWS)).toMatchObject({
      method: 'POST',
      url: '/login',
      headers: { cookie: 'MOIN_SESSION=anon.a.b' },
      form: { login: true, name: 'zoe', password: 'a b"c' },
    });
  });

  it('Firefox, with a quote in the form', () => {
    expect(read(FIREFOX)).toMatchObject({
      method: 'POST',
      headers: { origin: 'https://shop.example', cookie: 'MOIN_SESSION=anon.a.b' },
      form: { login: true, name: "o'hara", password: 'x!' },
    });
  });

  it('Safari', () => {
    expect(read(SAFARI)).toMatchObject({ method: 'GET', headers: { cookie: 'MOIN_SESSION=user.a.b' } });
  });

  it('as people type it: letters together, no scheme, credentials, options that do not matter', () => {
    const typed =
      'curl -sSkLXPOST -u zoe:pw --max-time 5 -A me -e http://a.example/ shop.example:8080/x -o /dev/null';
    expect(read(typed)).toMatchObject({
      method: 'POST',
      url: '/x',
      secure: false,
      headers: {
        host: 'shop.example:8080',
        authorization: `Basic ${Buffer.from('zoe:pw').toString('base64')}`,
        'user-agent': 'me',
        referer: 'http://a.example/',
      },
    });
    expect(read('curl https://z%C3%B6:p@a.example/').headers.authorization).toBe(
      `Basic ${Buffer.from('zö:p').toString('base64')}`,
    );
    expect(read('curl -I a.example').method).toBe('HEAD');
    expect(read("curl -G -d 'q=1' 'a.example/?x=2'")).toMatchObject({ method: 'GET', url: '/?x=2&q=1' });
    expect(read("curl --url a.example -b a=1 -b b=2 -H 'Cookie: c=3'").headers.cookie).toBe('c=3; a=1; b=2');
    expect(read("$ curl 'a.example'\n").headers.host).toBe('a.example');
  });

  it('JSON logs in as at the adapters; other bodies and other paths do not', () => {
    const json = '{"login":true,"name":"zoe","password":"p"}';
    expect(read(`curl a.example/login --json '${json}'`).form).toMatchObject({ login: true, name: 'zoe' });
    expect(read(`curl a.example/login -d '${json}'`).form.name).toBeUndefined();
    const form = "--data-raw 'login=1&name=zoe'";
    expect(read(`curl a.example/sign-in ${form}`)).toMatchObject({ form: {}, body: { login: '1' } });
    expect(read(`curl a.example/sign-in ${form}`, ['/sign-in']).form.login).toBe(true);
    expect(read(`curl -X PUT a.example/login ${form}`).form).toEqual({});
    expect(read('curl a.example/login -F login=1').form).toEqual({});
    expect(read('curl a.example/login -d @file').body).toBeUndefined();
    expect(read("curl a.example/login -d login=1 --data-urlencode 'name=zoë b'").form.name).toBe('zoë b');
  });
});

describe('what is no such request: one line, and no value in it', () => {
  const SECRET = 'hunter2-secret';

  it.each([
    ['', 'no curl command'],
    [`wget ${SECRET}`, 'no curl command'],
    [`Invoke-WebRequest -Uri "${SECRET}"`, "choose 'Copy as cURL'"],
    [`fetch("${SECRET}")`, "choose 'Copy as cURL'"],
    [`curl 'https://a.example/${SECRET}`, 'a quote does not end'],
    ['curl -s', 'names no URL'],
    [`curl a.example ${SECRET}`, 'more than one URL'],
    [`curl ftp://${SECRET}/`, 'none of http or https'],
    [`curl 'http://a b/${SECRET}'`, 'none of http or https'],
    [`curl a.example --${SECRET}=1`, 'is not known here'],
    [`curl a.example -Z${SECRET}`, 'the option -Z of this curl command is not known here'],
    ['curl a.example -H', '--header has no value'],
    [`curl a.example -b ${SECRET}`, 'a file of cookies'],
    [`curl a.example -K ${SECRET}`, '-K names a file of options, which is not read'],
    [`curl a.example --config ${SECRET}`, '-K names a file of options, which is not read'],
    [`curl a.example -H $'a: ${SECRET}\\nb: c'`, 'line break'],
    [`curl a.example -X '${SECRET} 1'`, 'method'],
    ["curl 'a.example' ;\ncurl 'b.example'", 'more than one command'],
    ['\0\x01\x02\ufffd', 'no curl command'],
  ])('%j', (text, message) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
    expect(String(error)).not.toContain(SECRET);
    expect(String(error)).not.toContain('\n');
  });

  it('a body of a megabyte, or as many headers, is no matter; more is refused in one line', () => {
    const body = `login=1&name=${'x'.repeat(1_000_000)}`;
    expect(read(`curl a.example/login --data-raw '${body}'`).form.name).toHaveLength(1_000_000);
    const { headers } = read(`curl a.example ${"-H 'a: b' ".repeat(100_000)}`);
    expect(headers.a).toHaveLength(3 * 100_000 - 2);
    expect(() => read(`curl a.example ${"-H 'a: b' ".repeat(2_000_000)}`)).toThrow(
      /^--curl: the command is longer than 1 MB/,
    );
  });
});
