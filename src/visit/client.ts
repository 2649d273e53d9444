import type { AuthRequest } from '../auth/method.js';
import type { Settings } from '../config/settings.js';
import { headerField, joinedField } from '../http/header.js';
import { clientAddress } from '../http/proxy.js';
import { pathOf } from '../http/url.js';
import type { SessionClient } from '../store/contract.js';

/** The longest texts to keep, in characters. */
const LONGEST = { userAgent: 256, url: 1024 };

/** The client's IP address, or null. A trusted proxy says it in `X-Forwarded-For`. */
export type AddressOf = (request: Pick<AuthRequest, 'remoteAddress' | 'headers'>) => string | null;

/** Returns the function that finds the client's address. */
export function addressReader({ trusted, trustProxy }: Pick<Settings, 'trusted' | 'trustProxy'>): AddressOf {
  // `true` names no proxy, so the entries behind the nearest one could be the client's own.
  const isProxy = trustProxy === true ? () => false : trusted;
  return ({ remoteAddress, headers }) => {
    const forwarded = trusted(remoteAddress) ? headerField(headers, 'x-forwarded-for') : undefined;
    return clientAddress(remoteAddress, joinedField(forwarded), isProxy);
  };
}

/** Returns the function that reads from a request what `rememberClient` asks for; null if it asks for nothing. */
export function clientReader(
  { rememberClient }: Pick<Settings, 'rememberClient'>,
  address: AddressOf,
): (request: AuthRequest) => SessionClient | null {
  if (rememberClient.length === 0) return () => null;
  const readers: { [Field in keyof SessionClient]: (request: AuthRequest) => string | null } = {
    address,
    userAgent: ({ headers }) =>
      joinedField(headerField(headers, 'user-agent'))?.slice(0, LONGEST.userAgent) ?? null,
    url: ({ url }) => pathOf(url)?.slice(0, LONGEST.url) ?? null,
  };
  const read = (field: keyof SessionClient, request: AuthRequest) =>
    rememberClient.includes(field) ? readers[field](request) : null;
  return (request) => ({
    address: read('address', request),
    userAgent: read('userAgent', request),
    url: read('url', request),
  });
}
