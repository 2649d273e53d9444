import { join, resolve } from 'node:path';
import { defineConfig, moinSession } from 'moin-sessions';

/** The server and the command line read this file, with the same variables. */
const { SHOP_DATA = join(import.meta.dirname, 'data'), SHOP_HTTPS } = process.env;
const { SHOP_STORE = resolve(SHOP_DATA, 'sessions') } = process.env;

/** Behind a proxy on this machine that terminates TLS. The whole site is HTTPS, so the cookie can have a `__Host-` name. */
const BEHIND_PROXY = { cookieName: '__Host-SHOP', trustProxy: ['127.0.0.1', '::1'] };

export const usersFile = resolve(SHOP_DATA, 'users.json');

export default defineConfig({
  store: SHOP_STORE,
  users: usersFile,
  // A token of before the login must not count after it.
  auth: ['moin_login', moinSession({ leave: ['csrf'] }), 'moin_anon_session'],
  // Hours. The first page has a form already: its token must be in a session.
  anonymousCookieLifetime: 14 * 24,
  anonymousSessions: 'first-visit',
  // Without "remember me" a login ends with the browser.
  browserSession: true,
  // For the page "Your devices". It is personal data: a site with a privacy policy names it there.
  rememberClient: ['address', 'userAgent'],
  ...(SHOP_HTTPS === '1' ? BEHIND_PROXY : { cookieName: 'SHOP' }),
});
