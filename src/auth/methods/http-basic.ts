import { ConfigurationError } from '../../base/errors.js';
import { headerField } from '../../http/header.js';
import { isDisabled } from '../../users/directory.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from '../method.js';
import { establishedBefore } from './vouched-user.js';

export interface HttpBasicOptions {
  /**
   * What the browser shows in its question for a password. With it, a request with wrong credentials is answered with
   * 401 and a challenge, in place of the application. Default: the application answers, as to anybody.
   */
  realm?: string;
}

/** Longer credentials than this are nobody's, and are not worth a hash. */
const LONGEST = 8192;

/**
 * `http_basic`: name and password in every request's `Authorization` header (RFC 7617, in UTF-8), against the user
 * directory. Wrong ones establish nobody, and take nobody away whom another method knows. Who has no credentials yet is
 * asked for them by the application: status 401 and `WWW-Authenticate: ${basicChallenge('Wiki')}`.
 *
 * Every request costs the check of a password, which is slow on purpose: for a few API clients, not for browsers, who
 * do better with `moin_login`. Nothing here counts wrong guesses: limit the rate of 401s in front of the server.
 */
export function httpBasic({ realm }: HttpBasicOptions = {}): AuthMethod {
  const challenge = realm === undefined ? null : basicChallenge(realm);
  return {
    name: 'http_basic',
    configure({ users }) {
      if (users !== undefined) return;
      throw new ConfigurationError(
        "http_basic needs a user directory: set the option 'users', or take it out of 'auth'",
      );
    },
    async authenticate(request: AuthRequest, known: Known, site: AuthSite): Promise<AuthResult> {
      const result = establishedBefore(known) ?? (await check(request, known, site));
      const isRefused = result.reason === 'rejected' || result.reason === 'malformed-credentials';
      if (challenge === null || !isRefused) return result;
      const headers = { 'www-authenticate': challenge, 'content-type': 'text/plain; charset=utf-8' };
      const response = { status: 401, headers, body: 'Unauthorized\n' };
      return { ...result, response, effects: ['answer 401 with a challenge'] };
    },
  };
}

/**
 * The `WWW-Authenticate` value that asks for Basic credentials in UTF-8.
 * @throws ConfigurationError for a realm that no header can hold
 */
export function basicChallenge(realm: string): string {
  if (typeof realm === 'string' && /^[ -~]*$/.test(realm))
    return `Basic realm="${realm.replace(/["\\]/g, '\\$&')}", charset="UTF-8"`;
  throw new ConfigurationError(
    `realm ${JSON.stringify(realm)} must be printable ASCII: it goes into a header`,
  );
}

async function check({ headers }: AuthRequest, known: Known, { users }: AuthSite): Promise<AuthResult> {
  const passed = { user: known.user, continue: true };
  const header = headerField(headers, 'authorization');
  if (typeof header !== 'string' || !/^basic(?: |$)/i.test(header) || users === undefined) {
    return { ...passed, reason: 'no-credentials', text: 'the request has no Basic credentials' };
  }
  const credentials = parseBasic(header);
  if (credentials === null) {
    const text = 'the Authorization header is not "Basic" and base64 of name:password in UTF-8';
    return { ...passed, reason: 'malformed-credentials', text };
  }
  const entry = await users.findByName(credentials.name);
  const good = await users.verifyPassword(entry, credentials.password, credentials.name);
  const reject = (text: string) => ({ ...passed, reason: 'rejected', text });
  if (entry === null) return reject('there is no user of this name');
  if (!good) return reject(`the password is not that of ${entry.name}`);
  if (isDisabled(entry)) return reject(`the user ${entry.name} is disabled`);
  const user = { id: entry.id, name: entry.name };
  return { user, continue: true, reason: 'accepted', text: `name and password of ${entry.name} are right` };
}

/** Null for what RFC 7617 does not allow, control characters included. The name ends at the first colon. */
function parseBasic(header: string): { name: string; password: string } | null {
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header.trimEnd()) ?? [];
  if (base64 === undefined || base64.length > LONGEST) return null;
  const pair = utf8(Buffer.from(base64, 'base64'));
  const colon = pair?.indexOf(':') ?? -1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (pair === null || colon < 1 || /[\x00-\x1f\x7f]/.test(pair)) return null;
  return { name: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
