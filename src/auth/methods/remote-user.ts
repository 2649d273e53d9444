import { ConfigurationError } from '../../base/errors.js';
import { headerField } from '../../http/header.js';
import { trustedPeers } from '../../http/proxy.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from '../method.js';
import { establishedBefore, vouchedUser } from './vouched-user.js';

export interface RemoteUserOptions {
  /** The proxies' addresses and CIDR ranges (`10.0.0.0/8`, `::1`). The method ignores the header of all other peers. */
  trusted: readonly string[];
  /** The header that holds the name, or a function that returns the name. Default `x-remote-user`. */
  from?: string | ((request: AuthRequest) => string | undefined);
}

/**
 * `remote_user`: takes the name that a trusted reverse proxy sets after it has authenticated the user. The proxy must set
 * or remove the header on every request: otherwise a client could send the header itself.
 * @throws ConfigurationError when the proxies are not listed
 */
export function remoteUser(options: RemoteUserOptions): AuthMethod {
  const { trusted, from = 'x-remote-user' } = options ?? {};
  if (!Array.isArray(trusted) || trusted.length === 0) {
    throw new ConfigurationError(
      "remote_user needs the addresses of the proxies: { method: 'remote_user', trusted: ['127.0.0.1'] }",
    );
  }
  const isTrusted = trustedPeers('trusted of remote_user', trusted);
  const nameIn = typeof from === 'function' ? from : headerReader(from);
  return {
    name: 'remote_user',
    async authenticate(request: AuthRequest, known: Known, { users }: AuthSite): Promise<AuthResult> {
      const passed = { user: known.user, continue: true };
      const established = establishedBefore(known);
      if (established !== null) return established;
      const name = nameIn(request);
      if (name === undefined || name === '') {
        return { ...passed, reason: 'no-remote-user', text: 'the request names no remote user' };
      }
      if (!isTrusted(request.remoteAddress)) {
        const text = `${request.remoteAddress ?? 'an unknown address'} is no trusted proxy, so the name from it is ignored`;
        return { ...passed, reason: 'untrusted-address', text };
      }
      return vouchedUser(name, 'remote_user', known, users);
    },
  };
}

function headerReader(from: unknown): (request: AuthRequest) => string | undefined {
  if (typeof from !== 'string' || from === '')
    throw new ConfigurationError("'from' of remote_user must be the name of a header, or a function");
  const header = from.toLowerCase();
  return ({ headers }) => {
    const value = headerField(headers, header);
    // Apache writes (null) for a variable that is not set.
    return typeof value === 'string' && value !== '(null)' ? asUtf8(withoutBlanks(value)) : undefined;
  };
}

/** Strips spaces and tabs (RFC 9110, section 5.5). `trim` would also strip the last byte of many UTF-8 names. */
function withoutBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (isBlank(value[start])) start++;
  while (end > start && isBlank(value[end - 1])) end--;
  return value.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** Node reads headers as Latin-1, but proxies write names in UTF-8. Returns a value that is not UTF-8 unchanged. */
function asUtf8(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.toString('latin1') !== value) return value;
  const decoded = bytes.toString('utf8');
  return decoded.includes('\ufffd') ? value : decoded;
}
