import type { AuthMethod } from '../auth/method.js';
import { begin } from '../visit/begin.js';
import { asSiteVisit, type Visit } from '../visit/visit.js';
import type { Browser } from './browser.js';

/** The record's method is `moin_session:testing`: the chain has `moin_session`, so later requests take it (S3). */
const LABEL = 'moin_session:testing';

/** A visit on which the chain of the site logs this user in (S4, S9), as a method in front of it asks. */
export async function logInVisit(
  browser: Browser,
  user: { id: string; name: string },
  rememberMe: boolean,
): Promise<Visit> {
  const { site } = asSiteVisit(await browser.begin());
  const vouch: AuthMethod = {
    name: 'testing',
    authenticate: () => ({ user: { ...user, method: LABEL }, continue: true, login: true }),
  };
  const request = { secure: browser.origin.startsWith('https:'), form: { rememberMe } };
  return begin(request, { ...site, methods: [vouch, ...site.methods] });
}
