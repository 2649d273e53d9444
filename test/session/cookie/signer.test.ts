import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseCookieHeader } from '../../../src/http/cookie-header.js';
import { CookieSigner, decisive } from '../../../src/session/cookie/signer.js';
import { idOf, newToken } from '../../../src/session/cookie/token.js';

const signer = new CookieSigner('MOIN_SESSION', [Buffer.alloc(32, 1)]);
const kind = fc.constantFrom('anon' as const, 'user' as const);
const token = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const secret = fc.uint8Array({ minLength: 32, maxLength: 64 });

describe('the value of a cookie (spec 4)', () => {
  it('is KIND.TOKEN.MAC, and reads back as what was signed', () => {
    fc.assert(
      fc.property(kind, token, (asKind, asToken) => {
        const value = signer.sign(asKind, asToken);
        expect(value).toMatch(/^(anon|user)\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/);
        const expected = { verdict: 'ok', kind: asKind, token: asToken, id: idOf(asToken), secret: 0 };
        expect(signer.read(value)).toEqual(expected);
      }),
    );
  });

  it('the MAC is HMAC-SHA-256 over name, kind and token (a known answer)', () => {
    expect(signer.sign('anon', 'A'.repeat(43))).toBe(
      `anon.${'A'.repeat(43)}.TOmDKZhaGGWY25Sm6wcAfSuN9vEiPcwWaYyOWP2ge-g`,
    );
  });

  it('a MAC under one name, kind or token is never good under another', () => {
    fc.assert(
      fc.property(
        kind,
        token,
        token,
        fc.constantFrom('MOIN_SESSION', 'MOIN_SESSION2', '__Host-MOIN_SESSION'),
        (asKind, one, other, name) => {
          fc.pre(one !== other);
          const mac = signer.sign(asKind, one).split('.')[2];
          const otherKind = asKind === 'anon' ? 'user' : 'anon';
          expect(signer.read(`${otherKind}.${one}.${mac}`).verdict).toBe('bad-signature');
          expect(signer.read(`${asKind}.${other}.${mac}`).verdict).toBe('bad-signature');
          const elsewhere = new CookieSigner(name, [Buffer.alloc(32, 1)]);
          const same = name === 'MOIN_SESSION';
          expect(elsewhere.read(signer.sign(asKind, one)).verdict).toBe(same ? 'ok' : 'bad-signature');
        },
      ),
    );
  });

  it('no cookie is good without the secret', () => {
    fc.assert(
      fc.property(kind, token, secret, (asKind, asToken, otherSecret) => {
        const forger = new CookieSigner('MOIN_SESSION', [otherSecret]);
        expect(signer.read(forger.sign(asKind, asToken)).verdict).toBe('bad-signature');
      }),
    );
  });

  it('changed in any one character it is not good', () => {
    const value = signer.sign('user', newToken());
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (place, character) => {
        fc.pre(value[place] !== character);
        const changed = value.slice(0, place) + character + value.slice(place + 1);
        expect(signer.read(changed).verdict).not.toBe('ok');
      }),
    );
  });

  it('any text gets a verdict: no error, and no id unless it is good', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.string(), fc.string(), fc.string()).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(text, (value) => {
        const read = signer.read(value);
        expect(['malformed', 'bad-signature']).toContain(read.verdict);
        expect(read).not.toHaveProperty('id');
      }),
    );
  });

  it.each([
    ['an empty one', ''],
    ['another kind', `root.${'A'.repeat(43)}.${'A'.repeat(43)}`],
    ['a short token', `user.${'A'.repeat(42)}.${'A'.repeat(43)}`],
    ['a newline behind it', `${signer.sign('user', newToken())}\n`],
    ['a NUL behind it', `${signer.sign('user', newToken())}\0`],
    ['base64 instead of base64url', `user.${'+'.repeat(43)}.${'A'.repeat(43)}`],
    ['100 kB', 'user.'.repeat(20_000)],
    ['a fourth part', `${signer.sign('user', newToken())}.x`],
  ])('%s is malformed', (_, value) => {
    expect(signer.read(value)).toEqual({ verdict: 'malformed', kind: null });
  });
});

describe('several secrets (spec 4)', () => {
  it('the first signs, all verify, and the verdict names the one that did', () => {
    const [first, second] = [Buffer.alloc(32, 2), Buffer.alloc(32, 1)];
    const rotated = new CookieSigner('MOIN_SESSION', [first, second]);
    const one = newToken();
    expect(rotated.read(signer.sign('user', one))).toMatchObject({ verdict: 'ok', secret: 1 });
    expect(rotated.read(rotated.sign('user', one))).toMatchObject({ verdict: 'ok', secret: 0 });
    expect(signer.read(rotated.sign('user', one)).verdict).toBe('bad-signature');
    expect(rotated.secrets).toBe(2);
  });

  it('a secret that is listed twice counts as the first', () => {
    const twice = new CookieSigner('MOIN_SESSION', [Buffer.alloc(32, 1), Buffer.alloc(32, 1)]);
    expect(twice.read(twice.sign('anon', newToken()))).toMatchObject({ secret: 0 });
  });
});

describe('several cookies of our name (RFC 6265, 5.4)', () => {
  const good = signer.sign('user', newToken());

  it('the first good one counts, else the first', () => {
    const second = signer.sign('anon', newToken());
    const read = (...values: string[]) =>
      decisive(signer.readAll(values.map((value): [string, string] => ['MOIN_SESSION', value])));
    expect(read('torn', good, second)).toMatchObject({ verdict: 'ok', kind: 'user' });
    expect(read(second, good)).toMatchObject({ verdict: 'ok', kind: 'anon' });
    expect(read('torn', signer.sign('anon', newToken()).replace('anon', 'user')).verdict).toBe('malformed');
    expect(read()).toEqual({ verdict: 'absent', kind: null });
  });

  it('no more than eight are looked up, and rubbish takes no place from a good one', () => {
    const pairs = Array.from({ length: 100 }, (): [string, string] => ['MOIN_SESSION', 'torn']);
    const verdicts = signer.readAll([...pairs, ['MOIN_SESSION', good]]).map(({ verdict }) => verdict);
    expect(verdicts).toEqual([...Array.from({ length: 7 }, () => 'malformed'), 'ok']);
    const many = Array.from({ length: 100 }, (): [string, string] => ['MOIN_SESSION', good]);
    expect(signer.readAll(many)).toHaveLength(8);
  });

  it('forged cookies take no place from a good one, nor visitors’ cookies from that of a user', () => {
    const part = () => randomBytes(32).toString('base64url');
    const forged = Array.from({ length: 150 }, () => `user.${part()}.${part()}`);
    const anonymous = Array.from({ length: 20 }, () => signer.sign('anon', part()));
    const pairs = [...forged, ...anonymous, good].map((value): [string, string] => ['MOIN_SESSION', value]);
    const read = signer.readAll(pairs);
    expect(read).toHaveLength(8);
    expect(read.filter(({ verdict }) => verdict === 'ok')).toHaveLength(8);
    expect(read.at(-1)).toEqual(signer.read(good));
  });

  it('a header of any size costs a bounded number of HMACs', () => {
    const pairs = Array.from({ length: 5000 }, (): [string, string] => ['MOIN_SESSION', good]);
    const read = vi.spyOn(signer, 'read');
    signer.readAll(pairs);
    expect(read).toHaveBeenCalledTimes(256);
    read.mockRestore();
  });

  it('cookies of other names are not ours, nor are other spellings of our name', () => {
    const pairs: [string, string][] = [
      ['moin_session', good],
      ['OTHER', good],
    ];
    expect(signer.readAll(pairs)).toEqual([{ verdict: 'absent', kind: null }]);
  });
});

describe('parseCookieHeader', () => {
  it('skips parts that are not pairs, and removes quotes', () => {
    expect(parseCookieHeader('a=1; b="2" ;=x; c; d=e=f;; "')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['d', 'e=f'],
    ]);
    expect(parseCookieHeader(['a=1', 'b=2'])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(parseCookieHeader(undefined)).toEqual([]);
    expect(parseCookieHeader('a="')).toEqual([['a', '"']]);
  });

  it('never throws, and returns pairs only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        for (const pair of parseCookieHeader(header)) expect(pair).toHaveLength(2);
      }),
    );
  });
});
