import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthMethod, AuthResult } from '../../src/auth/method.js';
import { ConfigurationError } from '../../src/base/errors.js';
import type { Browser } from '../aid/browser.js';
import { makeSite, type Site, visitorWith } from '../aid/site.js';

const LOGIN = { form: { login: true, name: 'alice', password: 'alice' } };

let answer: object;
const own: AuthMethod = {
  name: 'own',
  authenticate: (_, { user }) => ({ user, continue: true, ...answer }) as AuthResult,
};

let site: Site;
let browser: Browser;

beforeEach(async () => {
  answer = {};
  site = makeSite({ auth: ['moin_login', own, 'moin_session', 'moin_anon_session'] });
  browser = await visitorWith(site, 'cart', 'tea');
});

describe('spec 3: an invalid answer of a method fails the request with one clear error', () => {
  const SENT = 'auth method own gives a response that cannot be sent: ';
  it.each([
    ['values that are an object', { values: { a: 1 } }, 'auth method own gives values that are no Map'],
    ['a key that is no string', { values: new Map([[1, 1]]) }, 'a value under a key that is no string'],
    ['a response without a status', { response: {} }, `${SENT}its status must be a number from 200 to 599`],
    ['a response of null', { response: null }, `${SENT}its status`],
    ['a status as text', { response: { status: '302', headers: {} } }, `${SENT}its status`],
    ['a status that ends nothing', { response: { status: 101, headers: {} } }, `${SENT}its status`],
    ['no headers', { response: { status: 302 } }, `${SENT}they must be an object`],
    [
      'a line break in a header',
      { response: { status: 302, headers: { location: '/\r\nset-cookie: evil=1' } } },
      `${SENT}the value of location has a line break`,
    ],
    [
      'a header of the server',
      { response: { status: 200, headers: { 'transfer-encoding': 'chunked' } } },
      `${SENT}transfer-encoding belongs to the server`,
    ],
    ['a body of bytes', { response: { status: 200, headers: {}, body: new Uint8Array() } }, 'its body must'],
  ])('%s', async (_, given, message) => {
    answer = given;
    const error = await browser.begin(LOGIN).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('evil');
  });

  it('but a response may have a length, as Passport sends it', async () => {
    answer = { response: { status: 302, headers: { location: '/', 'Content-Length': '0' } } };
    expect((await browser.begin()).response).toMatchObject({ status: 302 });
  });
});

describe('spec 3: a request that fails logs nobody in and leaves the visitor’s session', () => {
  it.each([
    ['a value that JSON cannot hold', { values: new Map([['at', new Date()]]) }, 'an instance of Date'],
    ['values that are no Map', { values: [] }, 'no Map'],
    ['a response that cannot be sent', { response: { status: 0, headers: {} } }, 'cannot be sent'],
  ])('%s', async (_, given, message) => {
    answer = given;
    await expect(browser.begin(LOGIN)).rejects.toThrow(message);
    await untouched();
  });

  it('a getter of the directory that throws', async () => {
    site.users.give('alice', {
      get roles(): never {
        throw new Error('the role server is down');
      },
    });
    await expect(browser.begin(LOGIN)).rejects.toThrow('the role server is down');
    await untouched();
  });

  async function untouched(): Promise<void> {
    answer = {};
    expect(await site.records()).toEqual([expect.objectContaining({ user: null, data: { cart: 'tea' } })]);
    expect((await browser.visit()).session.get('cart')).toBe('tea');
    expect(site.events.map(({ event }) => event)).not.toContain('login');
  }
});
