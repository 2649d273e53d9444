import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, trustedPeers } from '../../src/http/proxy.js';

const PROXY = '10.0.0.1';
const isProxy = trustedPeers('trustProxy', ['10.0.0.0/8', '::1']);
const behind = (forwarded: string | undefined) => clientAddress(PROXY, forwarded, isProxy);

describe('spec 5: the address of a client behind trusted proxies', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, 10.0.0.2', '192.0.2.7'],
    ['192.0.2.7,10.0.0.3 , 10.0.0.2', '192.0.2.7'],
    ['203.0.113.9, 192.0.2.7', '192.0.2.7'],
    ['203.0.113.9, 192.0.2.7, ::1, 10.0.0.2', '192.0.2.7'],
    ['10.0.0.9, 10.0.0.2', '10.0.0.9'],
    ['192.0.2.7:4711', '192.0.2.7'],
    ['[2001:DB8::7]:4711', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, ::ffff:10.0.0.2', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('X-Forwarded-For: %s -> %s', (forwarded, address) => {
    expect(behind(forwarded)).toBe(address);
  });

  it.each([
    undefined,
    '',
    'unknown',
    '203.0.113.9, unknown',
    '203.0.113.9,',
    '999.1.1.1',
    '1.2.3',
    '_x',
    'a:1',
  ])(
    'X-Forwarded-For: %s: the proxy did not know its client, and what stands further left is not believed',
    (forwarded) => expect(behind(forwarded)).toBe(PROXY),
  );

  it('garbage behind an inner proxy names that proxy', () => {
    expect(behind('203.0.113.9, unknown, 10.0.0.2')).toBe('10.0.0.2');
  });

  it('whatever a client sends, it cannot change the address that the proxy appends', () => {
    const entry = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constantFrom('10.0.0.2', '::1', ',', ', ,'));
    fc.assert(
      fc.property(fc.array(entry), fc.array(fc.constantFrom('10.0.0.2', '::1')), (sent, proxies) => {
        const forwarded = [...sent, '192.0.2.7', ...proxies].join(', ');
        expect(behind(forwarded)).toBe('192.0.2.7');
      }),
    );
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    [undefined, null],
    ['', null],
  ])('a peer %s without the header: %s', (peer, address) => {
    expect(clientAddress(peer, undefined, isProxy)).toBe(address);
  });
});
