import { ConfigurationError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { headerField } from '../../http/header.js';
import { isDisabled } from '../../users/directory.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from '../method.js';
import { establishedBefore } from './vouched-user.js';

export interface HttpBasicOptions {
  /**
   * The text that the browser shows when it asks for a password. If set, the method answers wrong credentials with 401 and
   * a challenge, in place of the application. Default: the application answers.
   */
  realm?: string;
}

/** Characters. Longer credentials are rejected before the slow password check. */
const LONGEST = 8192;

/**
 * `http_basic`: checks name and password in every request's `Authorization` header (RFC 7617, in UTF-8) against the user
 * directory. Wrong credentials establish nobody, and do not veto a user that another method established. To ask for
 * credentials, the application answers with status 401 and `WWW-Authenticate: ${basicChallenge('Wiki')}`.
 *
 * Every request checks a password, which is slow on purpose. Use it for a few API clients, and `moin_login` for browsers.
 * Wrong credentials emit `login-failed`. Right ones emit nothing, because no login begins (S7). This method does not count
 * wrong guesses: limit the rate of 401s in front of the server.
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
      if (challenge === null || result.loginRejected !== true) return result;
      const headers = { 'www-authenticate': challenge, 'content-type': 'text/plain; charset=utf-8' };
      const response = { status: 401, headers, body: 'Unauthorized\n' };
      return { ...result, response, effects: ['answer 401 with a challenge'] };
    },
  };
}

/**
 * The `WWW-Authenticate` value that asks for Basic credentials in UTF-8.
 * @throws ConfigurationError when the realm is not printable ASCII
 */
export function basicChallenge(realm: string): string {
  if (typeof realm === 'string' && /^[ -~]*$/.test(realm))
    return `Basic realm="${realm.replace(/["\\]/g, '\\$&')}", charset="UTF-8"`;
  throw new ConfigurationError(`realm ${show(realm)} must be printable ASCII: it goes into a header`);
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
    return { ...passed, reason: 'malformed-credentials', text, loginRejected: true, loginName: '' };
  }
  const entry = await users.findByName(credentials.name);
  const good = await users.verifyPassword(entry, credentials.password, credentials.name);
  const refusal = { ...passed, reason: 'rejected', loginRejected: true, loginName: credentials.name };
  const reject = (auditReason: string, text: string) => ({ ...refusal, auditReason, text });
  if (entry === null) return reject('unknown-user', 'there is no user of this name');
  if (!good) return reject('wrong-password', `the password is not that of ${entry.name}`);
  if (isDisabled(entry)) return reject('disabled-user', `the user ${entry.name} is disabled`);
  const user = { id: entry.id, name: entry.name };
  return { user, continue: true, reason: 'accepted', text: `name and password of ${entry.name} are right` };
}

/** Null when RFC 7617 does not allow the header; it forbids control characters too. The name ends at the first colon. */
function parseBasic(header: string): { name: string; password: string } | null {
  const [, base64] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header.trimEnd()) ?? [];
  if (base64 === undefined || base64.length > LONGEST) return null;
  const pair = utf8(Buffer.from(base64, 'base64'));
  const colon = pair?.indexOf(':') ?? -1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are to be found
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
