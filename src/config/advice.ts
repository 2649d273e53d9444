import { DAY, HOUR } from '../base/clock.js';
import { securePrefix } from '../session/cookie/attributes.js';
import type { FindingKind, Findings } from '../store/finding.js';
import type { Settings } from './settings.js';

const KINDS = {
  weakSecret: {
    severity: 'error',
    code: 'secret-guessable',
    what: 'A secret in the configuration repeats a few characters.',
    why: 'Who guesses it can sign cookies.',
    remedy: "Put what 'moin-sessions secret generate' prints first in 'secrets', and this one last.",
    fixable: false,
  },
  manySecrets: {
    severity: 'info',
    code: 'many-secrets',
    what: 'The configuration lists more than four secrets.',
    why: 'Each costs time at every request, and each can still sign cookies.',
    remedy: 'Remove those that are older than the longest lifetime.',
    fixable: false,
  },
  insecureCookie: {
    severity: 'warning',
    code: 'cookie-without-secure',
    what: 'The cookie is sent without HTTPS, too (cookieSecure: false).',
    why: 'Whoever listens on the network gets the session.',
    remedy: 'Leave cookieSecure out: then it is Secure whenever the request came over HTTPS.',
    fixable: false,
  },
  plainName: {
    severity: 'info',
    code: 'cookie-without-prefix',
    what: 'The name of the cookie does not begin with __Host-.',
    why: 'A subdomain, or a page without HTTPS, can plant a cookie of this name.',
    remedy:
      "If the whole site is HTTPS, set cookieName: '__Host-MOIN_SESSION'. That logs everybody out once.",
    fixable: false,
  },
  wideCookie: {
    severity: 'info',
    code: 'cookie-for-subdomains',
    what: 'All subdomains get the cookie (cookieDomain).',
    why: 'A subdomain that somebody else runs gets the sessions of your users.',
    remedy: 'Leave cookieDomain out, unless one login is to hold on several subdomains.',
    fixable: false,
  },
  trustsAll: {
    severity: 'warning',
    code: 'trusts-every-proxy',
    what: 'Every peer counts as a trusted proxy (trustProxy: true).',
    why: 'A client that reaches the server past the proxy can pretend HTTPS, host and address.',
    remedy: "List the proxies' addresses: trustProxy: ['10.0.0.0/8'].",
    fixable: false,
  },
  endless: {
    severity: 'info',
    code: 'no-longest-lifetime',
    what: 'A session in use never ends (no maxLifetime), and one without use lasts for more than 30 days.',
    why: 'A stolen cookie is good for as long as somebody uses it.',
    remedy: 'Set maxLifetime (hours), unless people are to stay logged in for ever.',
    fixable: false,
  },
  shortLifetime: {
    severity: 'warning',
    code: 'lifetime-very-short',
    what: 'A login lasts for less than five minutes.',
    why: 'Lifetimes are in hours: 1 is an hour, 0.5 is half an hour.',
    remedy: 'See that cookieLifetime is what you mean.',
    fixable: false,
  },
  longVisits: {
    severity: 'info',
    code: 'visitors-outlive-logins',
    what: "A visitor's session lasts longer than a login (anonymousCookieLifetime above cookieLifetime).",
    why: 'Most records of such a store are of people who will not come back.',
    remedy: 'Set a lower anonymousCookieLifetime, unless carts are to last.',
    fixable: false,
  },
  noSession: {
    severity: 'warning',
    code: 'chain-without-session',
    what: "The chain has no moin_session ('auth').",
    why: 'No session is ever available, and nobody stays logged in.',
    remedy: "Put 'moin_session' into 'auth', unless that is what you want.",
    fixable: false,
  },
  logFirst: {
    severity: 'info',
    code: 'log-sees-little',
    what: "The method 'log' stands at the beginning of the chain.",
    why: 'It reports what the methods before it found out: nothing, there.',
    remedy: "Put 'log' behind the methods whose result you want to see.",
    fixable: false,
  },
  memory: {
    severity: 'warning',
    code: 'memory-store',
    what: 'The store is in the memory of the process.',
    why: 'A restart logs everybody out, and this command sees nothing of what a server keeps.',
    remedy: "Use 'file:DIR' or 'redis://HOST'.",
    fixable: false,
  },
} satisfies Record<string, FindingKind>;

const LONG = 30 * DAY;
const SHORT = HOUR / 12;
const MOST_SECRETS = 4;
/** A random text of 32 characters has more different ones than this, but for one in a million. */
const FEW_BYTES = 10;

/** What `createSessions` takes and an operator should know of. @param location of the store */
export function adviseOn(settings: Settings, location: string, findings: Findings): void {
  adviseOnSecrets(settings.secrets ?? [], findings);
  adviseOnCookie(settings, findings);
  adviseOnLifetimes(settings, findings);
  if (settings.trustProxy === true) findings.add(KINDS.trustsAll, null);
  const names = settings.methods.map(({ name }) => name);
  if (!names.includes('moin_session')) findings.add(KINDS.noSession, null);
  if (names[0] === 'log') findings.add(KINDS.logFirst, null);
  if (location === 'memory:') findings.add(KINDS.memory, null);
}

function adviseOnSecrets(secrets: readonly Uint8Array[], findings: Findings): void {
  if (secrets.length > MOST_SECRETS) findings.add(KINDS.manySecrets, null);
  for (const [index, secret] of secrets.entries())
    if (new Set(secret).size < FEW_BYTES) findings.add(KINDS.weakSecret, `secrets[${index}]`);
}

function adviseOnCookie({ cookieName, cookieDomain, cookieSecure }: Settings, findings: Findings): void {
  if (cookieSecure === false) findings.add(KINDS.insecureCookie, null);
  if (cookieSecure !== false && cookieDomain === undefined && securePrefix(cookieName) === undefined)
    findings.add(KINDS.plainName, cookieName);
  if (cookieDomain !== undefined) findings.add(KINDS.wideCookie, cookieDomain);
}

function adviseOnLifetimes({ lifetimes, maxLifetime }: Settings, findings: Findings): void {
  const login = lifetimes.of('user', false);
  if (maxLifetime === undefined && login > LONG) findings.add(KINDS.endless, null);
  if (login < SHORT) findings.add(KINDS.shortLifetime, null);
  if (lifetimes.of('anonymous', false) > login) findings.add(KINDS.longVisits, null);
}
