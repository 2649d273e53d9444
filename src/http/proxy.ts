import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '../base/errors.js';
import { firstValue } from './header.js';

/**
 * Which peers are trusted proxies: `true` for all, `false` for none, or a list of addresses and CIDR ranges
 * (`10.0.0.0/8`, `::1`).
 */
export type TrustProxy = boolean | readonly string[];

/**
 * Returns the function that says whether the peer at an address is a trusted proxy.
 * @param option the option's name, for messages
 * @throws ConfigurationError naming the entry that is neither an address nor a range
 */
export function trustedPeers(option: string, trust: TrustProxy): (address: string | undefined) => boolean {
  if (typeof trust === 'boolean') return () => trust;
  if (!Array.isArray(trust))
    throw new ConfigurationError(`option ${option} must be true, false or a list of addresses`);
  const list = new BlockList();
  for (const entry of trust) addRange(list, option, entry);
  return (address) => {
    const family = address === undefined ? 0 : isIP(address);
    return family !== 0 && list.check(address as string, family === 6 ? 'ipv6' : 'ipv4');
  };
}

function addRange(list: BlockList, option: string, entry: unknown): void {
  const [, address = '', prefix] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(String(entry)) ?? [];
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? most : Number(prefix);
  if (family === 0 || bits > most) {
    throw new ConfigurationError(
      `option ${option}: ${JSON.stringify(entry)} is neither an IP address nor a range such as 10.0.0.0/8`,
    );
  }
  list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The client's address. Behind trusted proxies: the last entry of `X-Forwarded-For` that is no trusted proxy itself, because a
 * client can write the entries before it. An entry that is no address ends the search.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | readonly string[] | undefined,
  trusted: (address: string | undefined) => boolean,
): string | undefined {
  const hops = [forwardedFor ?? []].flat().join(',').split(',');
  let address = peer;
  for (let hop = hops.pop()?.trim(); trusted(address) && hop && isIP(hop) !== 0; hop = hops.pop()?.trim())
    address = hop;
  return address;
}

/** Whether `X-Forwarded-Proto` says HTTPS. The first of several values counts. */
export function forwardedHttps(header: string | readonly string[] | undefined): boolean {
  return firstValue(header)?.toLowerCase() === 'https';
}
