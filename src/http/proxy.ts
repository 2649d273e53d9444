import { BlockList, isIP } from 'node:net';
import { ConfigurationError } from '../base/errors.js';
import { show } from '../base/show.js';
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
  const [, address = '', prefix] =
    /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(typeof entry === 'string' ? entry : '') ?? [];
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? most : Number(prefix);
  if (family === 0 || bits > most) {
    throw new ConfigurationError(
      `option ${option}: ${show(entry)} is neither an IP address nor a range such as 10.0.0.0/8`,
    );
  }
  list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether `X-Forwarded-Proto` says HTTPS. The first of several values counts. */
export function forwardedHttps(header: string | readonly string[] | undefined): boolean {
  return firstValue(header)?.toLowerCase() === 'https';
}

/**
 * The client's IP address, or null if the peer has none. Each proxy appends to `X-Forwarded-For` the address that it saw, so
 * the entries are read from the right, and the first that is no proxy is the client: what the client itself wrote stands
 * further left. An entry that is no address ends the reading, because the proxy that wrote it did not know its client.
 * @param forwarded `X-Forwarded-For` of a peer that is a trusted proxy; undefined for any other peer
 * @param isProxy whether an address in the header is a trusted proxy
 */
export function clientAddress(
  peer: string | undefined,
  forwarded: string | undefined,
  isProxy: (address: string) => boolean,
): string | null {
  let client = plainAddress(peer ?? '');
  for (const entry of forwarded?.split(',').reverse() ?? []) {
    const address = plainAddress(entry.trim());
    if (address === null) return client;
    client = address;
    if (!isProxy(address)) return client;
  }
  return client;
}

/** The address without port, brackets and zone, and IPv4 as such also on an IPv6 socket. Null for other text. */
function plainAddress(text: string): string | null {
  const [, ipv4, bracketed] = /^([\d.]+):\d+$|^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? [];
  const [address = ''] = (ipv4 ?? bracketed ?? text).split('%', 1);
  const mapped = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(mapped) === 0 ? null : mapped.toLowerCase();
}
